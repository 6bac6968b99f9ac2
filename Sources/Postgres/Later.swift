import Synchronization

/// The rows of a statement that travels with a later round trip.
package final class Later<Output: Sendable>: Sendable {
  private let state = Mutex<[Output]?>(nil)

  init() {}

  func set(_ rows: [Output]) { state.withLock { $0 = rows } }

  /// Throws until the round trip that carried the statement has been made.
  package var rows: [Output] {
    get throws {
      guard let rows = state.withLock({ $0 }) else { throw PostgresError(.other, message: "the statement has not been sent yet") }
      return rows
    }
  }

  /// Nil when there is no row.
  package var first: Output? {
    get throws { try rows.first }
  }
}
