import Kernel
import ServiceTime
import Synchronization

/// Compiled calendars of this process, by the SHA-256 of the definition. A version's row is still read each time, so what
/// row security hides stays hidden; compiling is what is saved. Keyed by content, the cache is right for any database.
final class CompiledCalendars: Sendable {
  static let shared = CompiledCalendars()

  private let calendars = Mutex<[[UInt8]: CompiledCalendar]>([:])

  /// A calendar with daylight saving time takes some 10 KiB; a provider has dozens. Beyond the bound all are dropped.
  private static let capacity = 1000

  subscript(_ hash: [UInt8]) -> CompiledCalendar? { calendars.withLock { $0[hash] } }

  func calendar(hash: [UInt8], definition: Value) throws(Failure) -> CompiledCalendar {
    if let cached = self[hash] { return cached }
    let compiled = CompiledCalendar(try CalendarDefinition(definition))
    return calendars.withLock { calendars in
      if let first = calendars[hash] { return first }
      if calendars.count >= Self.capacity { calendars.removeAll() }
      calendars[hash] = compiled
      return compiled
    }
  }
}
