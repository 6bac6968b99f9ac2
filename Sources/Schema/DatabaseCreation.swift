import Kernel
import Postgres

/// Makes a database of a private cluster.
package struct DatabaseCreation: Sendable {
  private let server: PostgresClient

  /// `server`: connected as the superuser to a database that exists, such as `postgres`.
  package init(server: PostgresClient) {
    self.server = server
  }

  /// `name` is a word of our own code, never a text from outside.
  package func ensure(_ name: StaticString) async throws {
    try await server.withConnection { connection in
      guard try await connection.query(DatabaseExists(name: "\(name)")).first != true else { return }
      try await connection.runScript("create database \(name)")
    }
  }
}

struct DatabaseExists: Statement {
  let name: String

  static let sql = "select exists (select from pg_catalog.pg_database where datname = $1)"

  func bind(to parameters: inout Parameters) { parameters.append(name) }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}
