import Desk
import Kernel
import Operations

/// The first leads a major incident from now on; who leads it already hands it over by an offer.
package enum AssignMajor: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let lead: PublicId

    package static let fields: [any InputField] = [MajorFields.id, MajorFields.lead]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[MajorFields.id]
      lead = try values[MajorFields.lead]
    }
  }

  package static let declaration = Declaration(
    "major_incident.assign", "Make a member of the staff the one who leads a major incident that nobody has taken (else: major_incident.offer).",
    zh: "为尚无人认领的重大事件指定负责人（已有负责人时用 major_incident.offer）。", permission: MajorRights.work, roles: MajorRights.workers, reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorRecord {
    var work = try await MajorWork.begin(on: input.id, in: context)
    _ = try work.row.process.state(after: .write)
    let found = try await context.staff(input.lead, toLead: work, "lead")
    guard found.lead != work.row.lead else { throw Failure.invalid("lead", MajorMessages.leadsAlready) }
    guard work.row.lead == nil else { throw Failure(.conflict, MajorMessages.led) }
    work.own(found)
    work.save()
    return try await work.record()
  }
}

package enum TakeMajor: Operation {
  package typealias Input = MajorReference

  package static let declaration = Declaration(
    "major_incident.take", "Lead a major incident that nobody has taken yet.", zh: "认领尚无负责人的重大事件。", permission: MajorRights.work,
    roles: MajorRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorRecord {
    var work = try await MajorWork.begin(on: input.id, in: context)
    _ = try work.row.process.state(after: .write)
    guard work.row.lead == nil else { throw Failure(.conflict, MajorMessages.led) }
    work.own(try await context.ownLead())
    work.save()
    return try await work.record()
  }
}

/// A major incident is offered to somebody, or to a team: until they accept, its lead goes on.
package enum OfferMajor: Operation {
  package typealias Input = OfferInput<MajorFields>

  package static let declaration = Declaration(
    "major_incident.offer", "Offer to hand a major incident over to a member of the staff or a team; until they accept, its lead goes on.",
    zh: "将重大事件移交给某人或某团队；对方接受之前仍由原负责人负责。", permission: MajorRights.work, roles: MajorRights.workers, reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorRecord {
    var work = try await MajorWork.begin(on: input.id, in: context)
    _ = try work.row.process.state(after: .write)
    var to: (id: Int64, publicId: [UInt8])?
    if let staff = input.staff {
      let found = try await context.staff(staff, toLead: work, "staff")
      to = (id: found.lead.id, publicId: found.lead.publicId)
    }
    guard let lead = work.row.lead else { throw Failure(.conflict, MajorMessages.leadMissing) }
    guard work.offering.mayHandOver(from: lead.id) else { throw Failure(.conflict, MajorMessages.notLeads) }
    let receiver = try await work.offering.receiver(staff: to, team: input.team, of: work.customers)
    let told = try await work.offering.offer(from: (id: lead.id, publicId: lead.publicId), to: receiver, reason: input.reason)
    work.note("ownership_offered", told)
    work.save()
    return try await work.record()
  }
}

/// Who it was offered to leads it from now on; of an offer to a team, whichever of its members may work for all of its customers accepts.
package enum AcceptMajor: Operation {
  package typealias Input = MajorReference

  package static let declaration = Declaration(
    "major_incident.accept_offer", "Accept a major incident that was offered to oneself, or to one's team: from now on one leads it.",
    zh: "接受移交给本人或本团队的重大事件并对其负责。", permission: MajorRights.work, roles: MajorRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorRecord {
    var work = try await MajorWork.begin(on: input.id, in: context)
    _ = try work.row.process.state(after: .write)
    try await work.offering.accept()
    work.own(try await context.ownLead())
    work.save()
    return try await work.record()
  }
}

/// Who it was offered to does not take it, or whoever offered it thinks again: its lead goes on.
package enum ReturnMajor: Operation {
  package typealias Input = OfferAnswerInput<MajorFields>

  package static let declaration = Declaration(
    "major_incident.return_offer",
    "Return a major incident that was offered to oneself or to one's team, or withdraw one's own offer: its lead goes on as before.",
    zh: "退回移交给本人或本团队的重大事件，或撤回本人发起的移交；仍由原负责人负责。", permission: MajorRights.work, roles: MajorRights.workers, reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorRecord {
    var work = try await MajorWork.begin(on: input.id, in: context)
    let outcome = try await work.offering.end(owner: work.row.lead?.id, reason: input.reason).outcome
    work.note("ownership_returned", .object(["outcome": .text(outcome.rawValue)]))
    work.save()
    return try await work.record()
  }
}

package enum ListMajorHandovers: Operation {
  package typealias Input = PageOfMajor

  package static let declaration = Declaration(
    "major_incident.handovers", "List the offers to hand a major incident over, and what became of each.", zh: "列出重大事件的移交记录及结果。",
    permission: MajorRights.read, roles: MajorRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<HandoverRecord> {
    let major = try await context.major(input.id)
    return try await context.handovers(of: OfferSubject.majorIncident(major.id), in: context.provider.id, input.id, input.limit, input.cursor)
  }
}

extension MajorWork {
  /// One without incidents is for who serves all customers.
  fileprivate var offering: Offering<OfferSubject> {
    Offering(.majorIncident(row.id), of: context.provider.id, needing: [MajorRights.work, MajorRights.atEach], for: customers, in: context)
  }
}

extension OperationContext {
  /// Who leads a major incident that is declared now: the one who is named, else the caller, where he is one of the staff.
  func leadOfNewMajor(_ named: PublicId?) async throws -> MajorRow.Lead? {
    guard let named else {
      guard actor.kind == .staff else { return nil }
      return try await transaction.first(LeadByAccount(provider: provider.id, account: actor.id))?.lead
    }
    return try await staff(named, toLead: [], "lead").lead
  }

  fileprivate func staff(_ id: PublicId, toLead work: MajorWork, _ path: String) async throws -> StaffToLead.Found {
    try await staff(id, toLead: work.customers, path)
  }

  /// A member of the staff whom a body names, who may work on major incidents and on incidents of each of these customers.
  private func staff(_ id: PublicId, toLead customers: [TenantId], _ path: String) async throws -> StaffToLead.Found {
    let statement = StaffToLead(provider: provider.id, publicId: id, customers: customers, now: now)
    guard let found = try await transaction.first(statement) else { throw unknownReference(path) }
    guard found.mayLead else { throw Failure.invalid(path, MajorMessages.mayNotLead) }
    return found
  }

  /// The account of the caller, who is a person of the staff.
  fileprivate func ownLead() async throws -> StaffToLead.Found {
    guard actor.kind == .staff, let own = try await transaction.first(LeadByAccount(provider: provider.id, account: actor.id)) else {
      throw Failure(.denied, MajorMessages.needsPerson)
    }
    return own
  }
}
