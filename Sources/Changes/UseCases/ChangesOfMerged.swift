import Desk
import Kernel
import Operations

/// What is to resolve an incident, or has caused it, is to resolve or has caused the one that it is merged into; its own links stay. So that one hears
/// what becomes of the change, and does not end before it where a gate asks for that.
enum ChangesOfMerged: OperationGuard {
  typealias Guarded = MergeIncident

  /// Whoever locks a change and incidents locks the change first.
  static func hold(_ input: MergeIncident.Input, in context: OperationContext) async throws {
    _ = try await context.transaction.query(
      HoldChangesOfIncident(provider: context.provider.id, tenant: context.tenant.id, incident: input.id))
  }

  static func check(_ input: MergeIncident.Input, _ output: IncidentRecord, in context: OperationContext) async throws {
    guard let merged = output.merged else { return }
    let (transaction, provider, tenant) = (context.transaction, context.provider, context.tenant.id)
    let carried = try await transaction.query(
      CarryLinks(provider: provider.id, tenant: tenant, merged: merged, publicId: input.into, now: context.now))
    for link in carried {
      guard let kind = ChangeToIncident(linkKind: link.kind) else { continue }
      let told = Value.object([
        Value.Member(ChangeToIncident.resolves.linkKind, .id(input.into)),
        Value.Member(ProcessEventPayload.customerKey, .integer(tenant.rawValue)),
      ])
      transaction.enqueue(ChangeNote("change.\(link.kind)_linked", told, on: link.change, of: provider.id, by: context.actor, at: context.now))
      let news = ChangeNews(
        kind.news(isLinked: true), of: provider.id(IdKind.change.prefix, link.publicId), number: ChangeNumber.text(provider.code, link.number),
        by: context.actor, at: context.now)
      try await news.tell([merged.survivor], of: tenant, at: context.now, in: transaction)
    }
  }
}
