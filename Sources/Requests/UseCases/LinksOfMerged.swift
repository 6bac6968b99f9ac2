import Desk
import Kernel
import Operations

/// What an incident is to requests, the one that it is merged into is to them as well; its own links stay.
enum LinksOfMerged: OperationGuard {
  typealias Guarded = MergeIncident

  /// Whoever locks a request and incidents locks the request first.
  static func hold(_ input: MergeIncident.Input, in context: OperationContext) async throws {
    _ = try await context.transaction.query(HoldRequestsOfIncident(tenant: context.tenant.id, incident: input.id))
  }

  static func check(_ input: MergeIncident.Input, _ output: IncidentRecord, in context: OperationContext) async throws {
    guard let merged = output.merged else { return }
    let tenant = context.tenant.id
    let carried = try await context.transaction.query(CarryIncidentLinks(tenant: tenant, merged: merged, actor: context.actor, now: context.now))
    for link in carried {
      let made = InsertIncidentLink(
        tenant: tenant, request: link.request, ticket: merged.survivor, kind: link.kind, actor: context.actor, now: context.now)
      try await context.note(made, context.id(.request, link.publicId), input.into, RequestNote.incidentLinked, .linked)
    }
  }
}
