import Kernel
import Operations

/// The fields by which a problem or a change is given to a team, and by which those of one are listed.
package enum WorkingTeamFields {
  package static let team = Field.id("team", .team, "The team that works on it.", "处理团队。")
  /// Of a list.
  package static let only = Field.id("team", .team, "Only those that this team works on.", "仅限由此团队处理的。").optional
}

extension OperationContext {
  /// The internal id of a team that a body names.
  package func team(_ id: PublicId, _ path: String) async throws -> Int64 {
    guard let found = try await transaction.first(TeamByPublicId(publicId: id)) else { throw unknownReference(path) }
    return found
  }

  /// Who works on something of the provider's after a call that gives it to a team or takes it from one. Whoever has it may keep it, whatever became
  /// of a delivery model.
  /// - Parameter customers: those whom it concerns, whose delivery models name the team that gets it.
  package func team(_ told: Change<PublicId>, after before: WorkingTeam?, for customers: [TenantId]) async throws -> WorkingTeam? {
    guard case .set(let id) = told else { return told.isKeep ? before : nil }
    guard let found = try await transaction.first(TeamToWork(publicId: id)) else { throw unknownReference("team") }
    if found.id != before?.id { try await requireAllowed(found.id, for: customers, "team") }
    return found
  }
}
