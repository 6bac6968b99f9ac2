import Testing

@testable import Postgres

@Suite struct SecretTests {
  private static let canary = "canary-3f9a"

  private struct Cast: Statement {
    let text: String
    static let sql = "select $1::text::int8"
    func bind(to parameters: inout Parameters) { parameters.append(text) }
    static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
  }

  /// Reliability case 158: no bound value in any text of an error, not even in the operator's.
  @Test func errorsHoldNoValues() async throws {
    try await withClient { client in
      try await client.withConnection { _ = try await $0.runScript(Ledger.create) }
      let cast = await postgresError { try await client.transaction { _ = try await $0.query(Cast(text: Self.canary)) } }
      #expect(cast?.sqlState == "22P02")
      let duplicate = await postgresError {
        try await client.transaction { tx in for _ in 0..<2 { try await tx.execute(Ledger.Insert(id: 901, note: Self.canary)) } }
      }
      #expect(duplicate?.kind == .uniqueViolation)
      for error in [cast, duplicate] {
        let error = try #require(error)
        var dumped = ""
        dump(error, to: &dumped)
        for text in ["\(error)", error.debugText, String(reflecting: error), dumped] {
          #expect(!text.contains(Self.canary) && !text.contains("901"))
        }
        #expect(error.location?.hasPrefix("PostgresTests/SecretTests.swift") == true)
      }
    }
  }

  @Test func configurationsHideThePassword() throws {
    let configuration = try PostgresConfiguration(url: "postgres://steward:\(Self.canary)@db.example:5433/steward?sslmode=verify-full&sslrootcert=/ca.pem")
    var dumped = ""
    dump(configuration, to: &dumped)
    for text in ["\(configuration)", String(reflecting: configuration), dumped] { #expect(!text.contains(Self.canary)) }
    #expect(configuration.password?.value == Self.canary)
    for url in [
      "postgres://u:\(Self.canary)@h:x/d", "postgres://u:\(Self.canary)%zz@h/d", "mysql://u:\(Self.canary)@h/d", "postgres://u:\(Self.canary)@h/d",
      "postgres://u:\(Self.canary)@h/d?sslmode=\(Self.canary)",
    ] {
      let error = #expect(throws: ConfigurationError.self) { _ = try PostgresConfiguration(url: url) }
      #expect(error?.description.contains(Self.canary) == false)
    }
  }

  @Test func urlsAreReadStrictly() throws {
    let socket = try PostgresConfiguration(url: "postgresql://a%40b:p%3Aq@/d%C3%A9?host=/run/postgresql&prepared=off")
    #expect(socket.user == "a@b" && socket.password?.value == "p:q" && socket.database == "dé" && !socket.usesPreparedStatements)
    #expect(socket.servers == [.init(host: "/run/postgresql")])
    let encoded = try PostgresConfiguration(url: "postgres://u@%2Frun%2Fpg/d")
    #expect(encoded.servers == [.init(host: "/run/pg")])
    let pair = try PostgresConfiguration(url: "postgres://u@one:1,[::1]:2,three/d?sslmode=verify-full&sslrootcert=/ca.pem")
    #expect(pair.servers == [.init(host: "one", port: 1), .init(host: "::1", port: 2), .init(host: "three")])
    #expect(pair.connectionParameters.contains { $0 == ("target_session_attrs", "read-write") })
    // Plaintext never leaves the machine: reliability case 74.
    for url in [
      "postgres://u@h/d", "postgres://u@127.0.0.1/d", "postgres://u@h/d?sslmode=require", "postgres://u@h/d?sslmode=verify-full", "postgres://u@/d",
      "postgres://@/d?host=/run", "postgres://u@h:0/d?sslmode=verify-full&sslrootcert=/c", "postgres://u@/d?host=/run&colour=red",
      "postgres://u@/d?host=/a&host=/b",
    ] { #expect(throws: ConfigurationError.self) { _ = try PostgresConfiguration(url: url) } }
  }

  @Test(arguments: [("ticket_pkey_102008", "ticket_pkey"), ("ticket_pkey", "ticket_pkey"), ("a_1_2", "a_1"), ("_1", "_1"), ("x_", "x_")])
  func shardSuffixesAreCutOff(name: String, expected: String) {
    #expect(PostgresError.withoutShard(name) == expected)
  }
}
