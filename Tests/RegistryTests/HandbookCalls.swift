import Kernel
import Operations

/// Calls of handbooks, of which each process has one.
enum HandbookCalls {
  /// The one that there is makes room.
  static let create = CallRule(given: { world, _, _ in
    try await world.forgetHandbook(of: "incident")
    return (["process": "incident"], nil)
  })

  /// With something to publish.
  static let publish = CallRule(given: { world, twin, _ in
    let seeded = try await world.seeded("hbk", in: twin)
    return (["id": seeded.id], try await world.changedHandbook(seeded)["version"]?.integer)
  })
}

extension World {
  func forgetHandbook(of process: String) async throws {
    try await database.runAsSuperuser(
      """
      delete from handbooks.edition e using handbooks.handbook h where h.id = e.handbook_id and h.process = '\(process)';
      delete from handbooks.handbook where process = '\(process)'
      """)
  }

  /// A handbook with an edition: that of its process, made where there is none.
  func handbook(_ process: String = "security") async throws -> Seeded {
    let found = try await seed("handbook.overview", [:])["processes"]?.array?.first { $0["process"] == .text(process) }
    if let id = found?["id"], !id.isNull { return try Seeded(try await seed("handbook.read", ["id": id])) }
    let made = try await seed("handbook.create", ["process": .text(process), "purpose": Samples.localName])
    return try await publishedAnew(try Seeded(made))
  }

  /// The draft says something else than before, and names people who are there.
  func changedHandbook(_ handbook: Seeded) async throws -> Value {
    let input: [Value.Member] = [
      Value.Member("id", handbook.id), Value.Member("purpose", .object(["en": .text("Purpose \(next())")])),
      Value.Member("owner", try await seeded("stf", in: a).id), Value.Member("manager", try await seeded("stf", in: a).id),
      Value.Member("roles", .array([])), Value.Member("principles", .array([])),
    ]
    return try await act("handbook.change", input, handbook.version)
  }

  func publishedAnew(_ handbook: Seeded) async throws -> Seeded {
    let changed = try await changedHandbook(handbook)
    return try Seeded(try await act("handbook.publish", [Value.Member("id", handbook.id)], changed["version"]?.integer))
  }

  private func act(_ operation: String, _ input: [Value.Member], _ version: Int64?) async throws -> Value {
    let answer = await answer(operation, .object(input), as: database.root, version: version)
    guard let value = answer.value else { throw SeedFailure(description: "\(operation): \(String(describing: answer.failure))") }
    return value
  }
}
