// SPDX-License-Identifier: MIT
//
// Counted: makes a class a COM object.
//
//   class Application : public headway::winsync::Counted<ISyncCallback> { ... };
//   auto application = headway::winsync::make_ref<Application>();
//   Application on_the_stack;
//
// A new object's count is 1, and that reference is its creator's. On the heap RefPtr gives it back. On the stack
// (or as a member) nobody does: there the object must not be released by its creator and must outlive the
// references of others, which a build without NDEBUG checks.
#pragma once

#include <atomic>
#include <cassert>

#include <headway/winsync/interfaces.hpp>

namespace headway::winsync {
inline namespace HEADWAY_WINSYNC_NAMES {

/// IUnknown for a class with one chain of interfaces: `Interface` and, named one by one, those between it and
/// IUnknown. Any thread.
template <class Interface, class... Bases>
class Counted : public Interface {
 public:
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  HRESULT HEADWAY_WINSYNC_CALL QueryInterface(REFIID riid, void** ppvObject) override {
    if (ppvObject == nullptr) return E_POINTER;
    *ppvObject = nullptr;
    const bool known = riid == IidOf<IUnknown>::value || riid == IidOf<Interface>::value ||
                       (... || (riid == IidOf<Bases>::value));
    if (!known) return E_NOINTERFACE;
    // In one chain all interfaces of an object have one address.
    *ppvObject = static_cast<Interface*>(this);
    AddRef();
    return S_OK;
  }
  ULONG HEADWAY_WINSYNC_CALL AddRef() override {
    return count_.fetch_add(1, std::memory_order_relaxed) + 1;
  }
  // The last one acquires what the others released, that is, their use of the object.
  ULONG HEADWAY_WINSYNC_CALL Release() override {
    const ULONG left = count_.fetch_sub(1, std::memory_order_acq_rel) - 1;
    if (left == 0) destroy();
    return left;
  }

 protected:
  Counted() = default;
  // Comes after the interfaces' methods in the table of functions.
  virtual ~Counted() {
    assert(count_.load(std::memory_order_relaxed) <= 1 && "somebody still holds a reference");
  }

 private:
  // An object on the stack keeps its creator's reference and never comes here. Out of line, since g++ 12 takes one
  // whose Release is inlined for one that does.
#if defined(__GNUC__)
  [[gnu::noinline]]
#endif
  void
  destroy() {
    delete this;  // NOLINT(clang-analyzer-cplusplus.NewDelete): see above
  }

  std::atomic<ULONG> count_{1};
};

}  // namespace HEADWAY_WINSYNC_NAMES
}  // namespace headway::winsync
