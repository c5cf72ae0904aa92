// SPDX-License-Identifier: MIT
//
// RefPtr: a pointer that holds one reference to a COM object.
//
//   auto application = headway::winsync::make_ref<Application>();   // on the heap until nobody refers to it
//   auto newer = query<ISyncCallback2>(application.get());          // null if it does not have that face
#pragma once

#include <utility>

#include <headway/winsync/interfaces.hpp>

namespace headway::winsync {
inline namespace HEADWAY_WINSYNC_NAMES {

/// One object, one thread at a time; different RefPtrs to one object may be used by different threads.
template <class T>
class RefPtr {
 public:
  RefPtr() noexcept = default;
  /// Takes a reference of its own. Null is allowed.
  explicit RefPtr(T* object) noexcept : object_(object) {
    if (object_ != nullptr) object_->AddRef();
  }
  RefPtr(const RefPtr& other) noexcept : RefPtr(other.object_) {}
  RefPtr(RefPtr&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  RefPtr& operator=(RefPtr other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~RefPtr() {
    if (object_ != nullptr) object_->Release();
  }
  /// Takes over a reference that the caller holds, such as a new object's first.
  [[nodiscard]] static RefPtr adopt(T* object) noexcept {
    RefPtr made;
    made.object_ = object;
    return made;
  }

  [[nodiscard]] T* get() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

/// A new T on the heap, gone with its last reference.
template <class T, class... Arguments>
[[nodiscard]] RefPtr<T> make_ref(Arguments&&... arguments) {
  return RefPtr<T>::adopt(new T(std::forward<Arguments>(arguments)...));
}

/// The object's face of that kind; null if it has none, or `object` is null.
template <class Interface, class T>
[[nodiscard]] RefPtr<Interface> query(T* object) noexcept {
  void* found = nullptr;
  if (object == nullptr || object->QueryInterface(IidOf<Interface>::value, &found) < 0) return {};
  return RefPtr<Interface>::adopt(static_cast<Interface*>(found));
}

}  // namespace HEADWAY_WINSYNC_NAMES
}  // namespace headway::winsync
