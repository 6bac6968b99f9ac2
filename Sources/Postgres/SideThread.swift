import Glibc

/// A short-lived thread for the two calls of libpq that block: connecting (it resolves host names) and cancelling. They
/// must not hold a thread of Swift's cooperative pool, of which there may be only two. There are never more such threads
/// than connections.
enum SideThread {
  /// Runs `work` on a new thread. False when the system has no thread to give.
  static func start(_ work: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Work(work))
    let status = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    if status != 0 { context.release() }
    return status == 0
  }

  /// Runs `work` on a new thread and waits for it without holding one. Nil when the system has no thread to give.
  static func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result? {
    await withCheckedContinuation { continuation in
      let started = start { continuation.resume(returning: work()) }
      if !started { continuation.resume(returning: nil) }
    }
  }

  private final class Work {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
      self.run = run
    }
  }
}
