// SPDX-License-Identifier: MIT
//
// The other end of git_clone.cpp: a repository made by libgit2, and what is in it. Nothing of Headway in here.
#pragma once

#include <git2.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

/// Throws std::runtime_error, in libgit2's words.
inline void check(int error) {
  if (error < 0) throw std::runtime_error(git_error_last()->message);
}

/// What libgit2 returns by a pointer to a pointer, owned.
template <typename T, void (*release)(T*)>
class Owned {
 public:
  Owned() = default;
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() { release(object_); }
  T** out() { return &object_; }
  operator T*() const { return object_; }

 private:
  T* object_ = nullptr;
};
using Repository = Owned<git_repository, git_repository_free>;

inline constexpr int kFiles = 300;

/// A repository of one commit: kFiles blobs, a tree, the commit.
inline void make_repository(const std::string& path) {
  Repository repository;
  check(git_repository_init(repository.out(), path.c_str(), 1));
  Owned<git_treebuilder, git_treebuilder_free> files;
  check(git_treebuilder_new(files.out(), repository, nullptr));
  git_oid id;
  for (int i = 0; i < kFiles; ++i) {
    const std::string text = "This is file " + std::to_string(i) + ".\n";
    check(git_blob_create_from_buffer(&id, repository, text.data(), text.size()));
    const std::string name = "file" + std::to_string(i);
    check(git_treebuilder_insert(nullptr, files, name.c_str(), &id, GIT_FILEMODE_BLOB));
  }
  check(git_treebuilder_write(&id, files));
  Owned<git_tree, git_tree_free> tree;
  check(git_tree_lookup(tree.out(), repository, &id));
  Owned<git_signature, git_signature_free> author;
  check(git_signature_new(author.out(), "A. U. Thor", "author@example.org", 1'000'000'000, 0));
  check(git_commit_create(&id, repository, "HEAD", author, author, nullptr, "All files", tree, 0,
                          nullptr));
}

inline std::uint64_t objects_in(const std::string& path) {
  Repository repository;
  check(git_repository_open(repository.out(), path.c_str()));
  Owned<git_odb, git_odb_free> objects;
  check(git_repository_odb(objects.out(), repository));
  std::uint64_t count = 0;
  const auto one_more = [](const git_oid*, void* counter) {
    ++*static_cast<std::uint64_t*>(counter);
    return 0;
  };
  check(git_odb_foreach(objects, one_more, &count));
  return count;
}

inline std::uint64_t files_in(const std::filesystem::path& directory) {
  std::uint64_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.is_regular_file()) ++count;
  }
  return count;
}
