import Desk
import Kernel
import Operations

/// A problem is offered to somebody, or to a team: until they accept, its owner answers for it.
package enum OfferProblem: Operation {
  package typealias Input = OfferInput<ProblemFields>

  package static let declaration = Declaration(
    "problem.offer", "Offer to hand a problem over to a member of the staff or a team; until they accept, its owner answers for it.",
    zh: "将问题移交给某人或某团队；对方接受之前仍由原负责人负责。", permission: ProblemRights.work, roles: ProblemRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    var work = try await ProblemWork.begin(on: input.id, in: context)
    try work.requireOpen()
    var to: (id: Int64, publicId: [UInt8])?
    if let staff = input.staff {
      let found = try await context.transaction.first(
        StaffToOwn(provider: context.provider.id, publicId: staff, customer: work.row.customer?.id, now: context.now))
      guard let found else { throw context.unknownReference("staff") }
      guard found.mayWork else { throw Failure.invalid("staff", ProblemMessages.mayNotWork) }
      to = (id: found.account.id, publicId: found.account.publicId)
    }
    guard let owner = work.row.owner else { throw Failure(.conflict, ProblemMessages.notOwned) }
    guard work.offering.mayHandOver(from: owner.id) else { throw Failure(.conflict, ProblemMessages.notYours) }
    let receiver = try await work.offering.receiver(staff: to, team: input.team, of: work.concerned())
    let told = try await work.offering.offer(from: (id: owner.id, publicId: owner.publicId), to: receiver, reason: input.reason)
    work.note("ownership_offered", told)
    work.save()
    return work.record
  }
}

/// Who it was offered to answers for the problem from now on; of an offer to a team, whichever of its members accepts.
package enum AcceptProblem: Operation {
  package typealias Input = ProblemReference

  package static let declaration = Declaration(
    "problem.accept_offer", "Accept a problem that was offered to oneself, or to one's team: from now on one answers for it.",
    zh: "接受移交给本人或本团队的问题并对其负责。", permission: ProblemRights.work, roles: ProblemRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    var work = try await ProblemWork.begin(on: input.id, in: context, concernsAll: false)
    try work.requireOpen()
    let offer = try await work.offering.accept()
    // Whom it was offered by name was chosen by who may; of a team anybody comes, and must serve all whom it may concern.
    if offer.to == nil, work.row.customer == nil { try context.requireEveryCustomer() }
    guard let own = try await context.transaction.first(AccountOfStaff(provider: context.provider.id, account: context.actor.id)) else {
      throw Failure(.denied, ProblemMessages.ownerIsStaff)
    }
    work.own(own)
    work.save()
    return work.record
  }
}

/// Who it was offered to does not take it, or whoever offered it thinks again: its owner goes on to answer for the problem.
package enum ReturnProblem: Operation {
  package typealias Input = OfferAnswerInput<ProblemFields>

  package static let declaration = Declaration(
    "problem.return_offer",
    "Return a problem that was offered to oneself or to one's team, or withdraw one's own offer: its owner answers for it as before.",
    zh: "退回移交给本人或本团队的问题，或撤回本人发起的移交；仍由原负责人负责。", permission: ProblemRights.work, roles: ProblemRights.workers, reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    var work = try await ProblemWork.begin(on: input.id, in: context, concernsAll: false)
    let (offer, outcome) = try await work.offering.end(owner: work.row.owner?.id, reason: input.reason)
    // What a team is offered nobody returns for it who could not accept it.
    if outcome == .returned, offer.to == nil, work.row.customer == nil { try context.requireEveryCustomer() }
    work.note("ownership_returned", .object(["outcome": .text(outcome.rawValue)]))
    work.save()
    return work.record
  }
}

package enum ListProblemHandovers: Operation {
  package typealias Input = PageOfProblem

  package static let declaration = Declaration(
    "problem.handovers", "List the offers to hand a problem over, and what became of each.", zh: "列出问题的移交记录及结果。", permission: ProblemRights.read,
    roles: ProblemRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<HandoverRecord> {
    let problem = try await context.problem(input.id)
    return try await context.handovers(of: OfferSubject.problem(problem.id), in: context.provider.id, input.id, input.limit, input.cursor)
  }
}

extension ProblemWork {
  /// Its customer; of one that may concern several, those whose incidents it is behind.
  func concerned() async throws -> [TenantId] {
    if let customer = row.customer { return [customer.id] }
    return try await context.transaction.query(CustomersOfProblem(provider: context.provider.id, problem: row.id))
  }

  /// One that may concern several is for who serves all customers.
  fileprivate var offering: Offering<OfferSubject> {
    Offering(
      .problem(row.id), of: context.provider.id, needing: [ProblemRights.work], for: row.customer.map { [$0.id] } ?? [], in: context)
  }
}
