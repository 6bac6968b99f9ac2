import Postgres

extension TestDatabase {
  /// Runs a script as migrations run: as the tables' owner, with no search path.
  package func runAsOwner(_ script: String) async throws {
    try await superuser.withConnection { connection in
      try await connection.runScript("begin; set local role steward_owner; set local search_path = '';\n\(script)\n;commit")
    }
  }

  /// Runs a script past row security and every right.
  package func runAsSuperuser(_ script: String) async throws {
    _ = try await superuser.withConnection { try await $0.runScript(script) }
  }
}
