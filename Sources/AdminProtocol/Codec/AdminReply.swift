import Kernel

/// How replies are written.
package enum ReplyFormat: String, Sendable, CaseIterable {
  case text, json, csv
}

/// Which command a line answers.
package enum ReplyTag: Equatable, Sendable {
  case command(String?)
  /// No command: the connection ends.
  case connection

  var text: String {
    switch self {
    case .command(let tag): tag.map { "@\($0)" } ?? "-"
    case .connection: "*"
    }
  }
}

/// What a command gave, before it is written.
package struct AdminReply: Equatable, Sendable {
  /// Rows of one shape.
  package struct Table: Equatable, Sendable {
    /// Paths into a row, for CSV: `target.budget`.
    package let columns: [String]
    package let rows: [Value]

    package init(columns: [String], rows: [Value]) {
      self.columns = columns
      self.rows = rows
    }
  }

  package enum Content: Equatable, Sendable {
    /// Only what the last line says.
    case fields
    /// A row for each element; the last line says how many.
    case listing(Table)
    /// One thing, which stands in the last line; a table of one row in CSV.
    case thing(Table)
  }

  package let code: ReplyCode
  package var content = Content.fields
  /// Of the last line.
  package var fields: [Value.Member] = []

  package init(_ code: ReplyCode, _ content: Content = .fields, _ fields: [Value.Member] = []) {
    self.code = code
    self.content = content
    self.fields = fields
  }
}
