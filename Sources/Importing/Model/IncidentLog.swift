import Kernel

/// A log as it was read: every incident with its rows, in little memory. Texts are kept once; of a row only what
/// changed.
package struct IncidentLog: Sendable {
  struct Change: Sendable {
    /// One of ``IncidentLog/historyColumns``.
    let column: UInt32
    let text: TextPool.Index
  }

  struct Row: Sendable {
    let line: Int64
    let at: Instant
    let state: ImportProfile.State
    let priority: Int64
    /// Where its changes end in ``IncidentLog/changes``; they begin where those of the row before end. The first row
    /// of an incident tells all of its values.
    let changesEnd: Int
  }

  package struct Incident: Sendable {
    let number: TextPool.Index
    let rows: Range<Int>
    package let openedAt: Instant
    package let resolvedAt: Instant?
    package let closedAt: Instant?
    package let priority: Int64
    let impact: Int64
    let urgency: Int64
    package let reopenCount: Int64
    /// The log's own verdict; nil when the profile names none.
    package let recordedMet: Bool?
    /// ``IncidentLog/missing`` where the profile names no such column.
    let customer: TextPool.Index
    let serviceLevel: TextPool.Index
  }

  var pool = TextPool()
  var rows: [Row] = []
  var changes: [Change] = []
  package var incidents: [Incident] = []
  /// The texts of the last row of each incident: `columns.count` for each, in the order of ``incidents``.
  var lastTexts: [TextPool.Index] = []
  /// The columns that the profile names, and their place in `lastTexts`.
  var columns: [String: Int] = [:]
  /// The columns whose changes are kept.
  var historyColumns: [String] = []

  /// The number of a text that stands for no value.
  static let missing: TextPool.Index = 0

  package var rowCount: Int { rows.count }

  /// Only these incidents, of the same rows.
  func only(_ indices: [Int]) -> IncidentLog {
    var log = self
    let width = columns.count
    log.incidents = indices.map { incidents[$0] }
    log.lastTexts = indices.flatMap { lastTexts[$0 * width..<($0 + 1) * width] }
    return log
  }

  func changes(of row: Int) -> ArraySlice<Change> {
    changes[(row == 0 ? 0 : rows[row - 1].changesEnd)..<rows[row].changesEnd]
  }

  /// What the last row of an incident says in a column; nil when nothing.
  func text(_ incident: Int, _ column: String?) -> String? {
    guard let column, let place = columns[column] else { return nil }
    let index = lastTexts[incident * columns.count + place]
    return index == Self.missing ? nil : pool[index]
  }
}
