import Changes
import Desk
import Kernel
import MajorIncidents
import Operations
import Postgres
import Problems
import Requests
import Tenancy

extension NamedSubject {
  /// What it is in `tenant`, the one that its id names; nil where whoever has this access does not see it. What is the provider's own is there
  /// for the staff who see it, by the customers that they serve; of the provider's own incidents and requests only for who serves the provider.
  func find(in tenant: TenantEntry, as reader: Principal, _ access: Access, _ transaction: Transaction) async throws -> AttachmentSubject? {
    guard kind.isProvidersOwn ? reader.side == .staff : access.reaches(tenant.id) else { return nil }
    let found: Int64?
    switch kind {
    case .incident: found = try await transaction.first(IncidentForFiles(tenant: tenant.id, publicId: id, scope: access.rows))
    case .request: found = try await transaction.first(RequestForFiles(tenant: tenant.id, publicId: id, scope: access.rows))
    case .problem:
      let problem = try await transaction.first(ProblemForFiles(provider: tenant.id, publicId: id, customers: access.served))
      return problem.map { AttachmentSubject(kind: kind, id: $0.problem, customer: $0.customer) }
    case .change: found = try await transaction.first(ChangeForFiles(provider: tenant.id, publicId: id, customers: access.served))
    case .release:
      found = try await transaction.first(
        ReleaseForFiles(provider: tenant.id, publicId: id, customers: access.served, reader: reader.actor))
    case .majorIncident:
      found = try await transaction.first(MajorForFiles(provider: tenant.id, publicId: id, customers: access.served, reader: reader.actor))
    }
    return found.map { AttachmentSubject(kind: kind, id: $0) }
  }
}

extension Access {
  /// The rows of the customers whom it is for; nil: all.
  fileprivate var served: [Int64]? { tenants.map { $0.map(\.rawValue).sorted() } }
}

extension OperationContext {
  /// What files are attached to, if the caller sees it. Whoever reads sees files where he may read what they are attached to.
  func find(_ subject: NamedSubject) async throws -> AttachmentSubject? {
    guard let sight = sight(of: subject.kind) else { return nil }
    return try await subject.find(in: tenant, as: principal, sight, transaction)
  }

  /// Whose the caller sees of the files of such things; nil: all.
  func customersServed(by kind: SubjectKind) -> [Int64]? {
    guard let sight = sight(of: kind) else { return [] }
    return sight.served
  }

  private func sight(of kind: SubjectKind) -> Access? {
    guard operation.permission == AttachmentRights.read, kind.read != operation.permission else { return access }
    return principal.access(kind.read, honouring: AttachmentRights.everyScope, at: now)
  }

  /// Tells the history of what a file is attached to.
  func note(_ event: FileEvent, _ payload: Value, on subject: AttachmentSubject) {
    let hidden = subject.customer.map { [Value.Member(ProcessEventPayload.customerKey, .integer($0))] } ?? []
    let told = Value.object((payload.members ?? []) + hidden)
    func add<Note: NoteStatement>(_ note: Note.Type, _ word: String) {
      transaction.enqueue(Note("\(word).\(event.rawValue)", told, on: subject.id, of: tenant.id, by: actor, at: now))
    }
    switch subject.kind {
    case .incident: add(TicketNote.self, "incident")
    case .request: add(RequestNote.self, "request")
    case .problem: add(ProblemNote.self, "problem")
    case .change: add(ChangeNote.self, "change")
    case .release: add(ReleaseNote.self, "release")
    case .majorIncident: add(MajorNote.self, "major_incident")
    }
  }
}

/// What becomes of a file: a word of the event's type.
enum FileEvent: String, Sendable { case attached, detached }
