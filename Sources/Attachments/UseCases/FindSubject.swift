import Changes
import Desk
import Kernel
import Operations
import Postgres
import Problems
import Requests
import Tenancy

extension NamedSubject {
  /// What it is in `tenant`, the one that its id names; nil where whoever has this access does not see it. A problem, and a change, is there
  /// for the staff who see it by the customers that they serve; of the provider's own incidents and requests only for who serves the provider.
  func find(in tenant: TenantEntry, as side: Side, _ access: Access, _ transaction: Transaction) async throws -> AttachmentSubject? {
    guard kind.isProvidersOwn ? side == .staff : access.reaches(tenant.id) else { return nil }
    let customers = access.tenants.map { $0.map(\.rawValue).sorted() }
    let found: Int64? =
      switch kind {
      case .incident: try await transaction.first(IncidentForFiles(tenant: tenant.id, publicId: id, scope: access.rows))
      case .request: try await transaction.first(RequestForFiles(tenant: tenant.id, publicId: id, scope: access.rows))
      case .problem: try await transaction.first(ProblemForFiles(provider: tenant.id, publicId: id, customers: customers))
      case .change: try await transaction.first(ChangeForFiles(provider: tenant.id, publicId: id, customers: customers))
      }
    return found.map { AttachmentSubject(kind: kind, id: $0) }
  }
}

extension OperationContext {
  /// What files are attached to, if the caller sees it. Whoever reads sees files where he may read what they are attached to.
  func find(_ subject: NamedSubject) async throws -> AttachmentSubject? {
    var sight: Access? = access
    if operation.permission == AttachmentRights.read, subject.kind.read != operation.permission {
      sight = principal.access(subject.kind.read, honouring: AttachmentRights.everyScope, at: now)
    }
    guard let sight else { return nil }
    return try await subject.find(in: tenant, as: principal.side, sight, transaction)
  }

  /// Tells the history of what a file is attached to.
  func note(_ event: FileEvent, _ payload: Value, on subject: AttachmentSubject) {
    let (isAttached, tenant) = (event == .attached, tenant.id)
    switch subject.kind {
    case .incident:
      let type = isAttached ? TicketEventType.attached : TicketEventType.detached
      transaction.enqueue(TicketNote(type, payload, on: subject.id, of: tenant, by: actor, at: now))
    case .request:
      let type = isAttached ? RequestNote.attached : RequestNote.detached
      transaction.enqueue(RequestNote(type, payload, on: subject.id, of: tenant, by: actor, at: now))
    case .problem:
      let type = isAttached ? ProblemNote.attached : ProblemNote.detached
      transaction.enqueue(ProblemNote(type, payload, on: subject.id, of: tenant, by: actor, at: now))
    case .change:
      let type = isAttached ? ChangeNote.attached : ChangeNote.detached
      transaction.enqueue(ChangeNote(type, payload, on: subject.id, of: tenant, by: actor, at: now))
    }
  }
}

enum FileEvent: Sendable { case attached, detached }
