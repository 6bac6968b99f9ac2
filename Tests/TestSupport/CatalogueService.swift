extension TestDatabase {
  /// A service that the catalogue offers, by its code.
  package func catalogueService(_ code: String) async throws {
    let bits = code.utf8.reduce("") { $0 + String(UInt16($1) + 256, radix: 16).dropFirst() }
    let publicId = String((bits + String(repeating: "0", count: 24)).prefix(24))
    try await superuser.withConnection {
      _ = try await $0.runScript(
        """
        insert into catalog.family (public_id, code, names, recorded_at)
          values ('\\x\(publicId)', 'F-\(code)', '{"en": "Family of \(code)"}', '2026-01-01T00:00:00Z');
        insert into catalog.service (public_id, family_id, code, names, mode, owner, operation_on, state, recorded_at)
          select '\\x\(publicId)', id, '\(code)', '{"en": "\(code)"}', 'managed', '{"en": "Head of \(code)"}', '2026-01-01', 'catalogue',
            '2026-01-01T00:00:00Z'
          from catalog.family where code = 'F-\(code)';
        """)
    }
  }
}
