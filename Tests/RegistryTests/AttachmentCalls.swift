import Kernel
import Operations
import Tenancy

/// Calls of attachments: a small file, as text.
enum AttachmentCalls {
  static let add = CallRule(
    omitted: others, given: { world, twin, _ in (["name": .text("\(twin.canary).txt"), "content": file(world, twin)], nil) })
  static let list = CallRule(omitted: others)

  /// What a file may be attached to instead of an incident.
  private static let others: Set<String> = ["request", "problem", "change", "release", "majorIncident"]

  /// Not so little that nothing can be attached afterwards.
  static let limit = CallRule(given: { _, _, _ in (["quotaBytes": .integer(1 << 30)], nil) })

  /// Each another one, and as long as the others.
  static func file(_ world: World, _ twin: World.Twin) -> Value { .text(Base64.encode(Array("\(twin.canary) \(1_000_000 + world.next())".utf8))) }
}

extension World {
  func attachment(_ twin: Twin, on incident: Value? = nil) async throws -> Value {
    let ticket: Value = if let incident { incident } else { try await seeded("inc", in: twin).id }
    return try await seed(
      "attachment.add",
      ["incident": ticket, "name": .text("\(twin.canary).txt"), "visibility": "public", "content": AttachmentCalls.file(self, twin)])
  }
}
