/// One SQL statement as a type: its text is constant, its values are bound, and what it returns is decoded here and
/// nowhere else. It is named for what it returns or does (`OpenTicketsByTeam`), prepared once per connection, and checked
/// against the migrated schema by a test.
package protocol Statement: Sendable {
  /// What one row is decoded to; `Void` for a statement without rows.
  associatedtype Output: Sendable
  /// Constant text with `$1`, `$2`, ...; every use of the type has the same.
  static var sql: String { get }
  /// Appends the values of `$1`, `$2`, ... in order.
  func bind(to parameters: inout Parameters)
  static func decode(_ row: inout RowReader) throws -> Output
}

extension Statement where Output == Void {
  package static func decode(_ row: inout RowReader) throws {}
}

extension Statement {
  package func bind(to parameters: inout Parameters) {}

  /// For errors and logs.
  static var name: String { String(describing: Self.self) }
}
