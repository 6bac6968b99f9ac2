// libpq, and what its poller needs of Linux.
//
// <sys/epoll.h> is not in Swift's Glibc module, and `struct epoll_event` is packed, which Swift cannot lay out: hence
// these inline wrappers. An event carries the connection's id and never a descriptor or a pointer, because both may
// have been given to somebody else by the time that the event is read.
#ifndef CLIBPQ_SHIM_H
#define CLIBPQ_SHIM_H

#include <dlfcn.h>
#include <errno.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static inline int clibpq_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int clibpq_eventfd_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline void clibpq_eventfd_signal(int descriptor) { (void)eventfd_write(descriptor, 1); }

static inline void clibpq_eventfd_clear(int descriptor) {
  eventfd_t value;
  (void)eventfd_read(descriptor, &value);
}

static inline struct epoll_event clibpq_epoll_event(uint64_t id, int writable) {
  struct epoll_event event;
  event.events = EPOLLIN | EPOLLRDHUP | (writable ? EPOLLOUT : 0);
  event.data.u64 = id;
  return event;
}

static inline int clibpq_epoll_add(int epoll, int descriptor, uint64_t id) {
  struct epoll_event event = clibpq_epoll_event(id, 0);
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static inline int clibpq_epoll_modify(int epoll, int descriptor, uint64_t id, int writable) {
  struct epoll_event event = clibpq_epoll_event(id, writable);
  return epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event);
}

static inline int clibpq_epoll_remove(int epoll, int descriptor) {
  return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

#define CLIBPQ_EPOLL_BATCH 64

// Writes the ids of the ready connections to `ids` (room for CLIBPQ_EPOLL_BATCH); returns how many, 0 on a time-out or
// a signal, -1 on failure.
static inline int clibpq_epoll_wait(int epoll, uint64_t *ids, int milliseconds) {
  struct epoll_event events[CLIBPQ_EPOLL_BATCH];
  int count = epoll_wait(epoll, events, CLIBPQ_EPOLL_BATCH, milliseconds);
  if (count < 0) return errno == EINTR ? 0 : -1;
  for (int index = 0; index < count; index++) ids[index] = events[index].data.u64;
  return count;
}

// The bytes that OpenSSL has decrypted and libpq has not read yet. libpq 15 may leave some behind (a TLS record holds
// 16 KiB, the free room of its buffer may be 8), and no socket event ever announces them. The function is looked up in
// the process because only libpq, not this module, is linked to OpenSSL.
static inline int clibpq_tls_pending(PGconn *connection) {
  static int (*pending)(const void *);
  void *tls = PQsslStruct(connection, "OpenSSL");
  if (tls == NULL) return 0;
  if (pending == NULL) pending = (int (*)(const void *))dlsym(RTLD_DEFAULT, "SSL_pending");
  return pending == NULL ? 0 : pending(tls);
}

#endif
