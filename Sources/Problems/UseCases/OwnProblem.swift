import Desk
import Kernel
import Operations

/// Somebody answers for a problem from now on, for which nobody did.
package enum TakeProblem: Operation {
  package typealias Input = ProblemReference

  package static let declaration = Declaration(
    "problem.take", "Answer for a problem that nobody answers for yet.", zh: "认领尚无负责人的问题。", permission: ProblemRights.work,
    roles: ProblemRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    var work = try await ProblemWork.begin(on: input.id, in: context)
    try work.requireOpen()
    guard work.row.owner == nil else { throw Failure(.conflict, ProblemMessages.owned) }
    guard context.actor.kind == .staff,
      let own = try await context.transaction.first(AccountOfStaff(provider: context.provider.id, account: context.actor.id))
    else { throw Failure(.denied, ProblemMessages.ownerIsStaff) }
    work.own(own)
    work.save()
    return work.record
  }
}

/// The first answers for a problem from now on; who answers for it already hands it over by an offer. Which team works on it is said at any time.
package enum AssignProblem: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let staff: PublicId?
    let team: Change<PublicId>

    private static let staff = Field.id("staff", .staff, "Who answers for it from now on.", "新的负责人。").optional
    package static let fields: [any InputField] = [ProblemFields.id, staff, WorkingTeamFields.team.clearable]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ProblemFields.id]
      staff = try values[Self.staff]
      team = try values[WorkingTeamFields.team.clearable]
    }
  }

  package static let declaration = Declaration(
    "problem.assign",
    "Give a problem to a team, or make a member of the staff the one who answers for one that nobody has taken (else: problem.offer).",
    zh: "将问题分派给团队，或为尚无人认领的问题指定负责人（已有负责人时用 problem.offer）。", permission: ProblemRights.work, roles: ProblemRights.workers,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    guard input.staff != nil || !input.team.isKeep else { throw Failure(.invalid, ProblemMessages.nothingToChange) }
    var work = try await ProblemWork.begin(on: input.id, in: context)
    try work.requireOpen()
    let before = work.row.team
    try await work.give(to: input.team)
    if let staff = input.staff { try await work.assign(staff) }
    guard input.staff != nil || work.row.team != before else { throw Failure(.invalid, ProblemMessages.nothingToChange) }
    work.save()
    return work.record
  }
}

extension ProblemWork {
  /// The first answers for it whom somebody names.
  fileprivate mutating func assign(_ staff: PublicId) async throws {
    let found = try await context.transaction.first(
      StaffToOwn(provider: context.provider.id, publicId: staff, customer: row.customer?.id, now: context.now))
    guard let found else { throw context.unknownReference("staff") }
    guard found.mayWork else { throw Failure.invalid("staff", ProblemMessages.mayNotWork) }
    guard found.account != row.owner else { throw Failure.invalid("staff", ProblemMessages.ownedAlready) }
    guard row.owner == nil else { throw Failure(.conflict, ProblemMessages.owned) }
    own(found)
  }

  /// Gives it to a team, or takes it from the one that has it; who answers for it stays.
  mutating func give(to told: Change<PublicId>) async throws {
    guard !told.isKeep else { return }
    let before = row.team
    row.team = try await context.team(told, after: before, for: concerned())
    guard row.team != before else { return }
    note(
      "assigned",
      .object([
        "team": .id(row.team.map { context.id(.team, $0.publicId) }), "from": .id(before.map { context.id(.team, $0.publicId) }),
      ]))
  }

  /// Says whom it is for: somebody of the bound tenant, or nobody any more.
  mutating func name(requester told: Change<PublicId>) async throws {
    guard !told.isKeep else { return }
    let before = row.requester
    row.requester = try await context.requester(told, after: before, of: concerned())
    for event in NamedRequester.told(from: before, to: row.requester, provider: context.provider.id) {
      note("requester_changed", .object(event.payload), of: event.customer)
    }
  }

  /// Exactly one answers for it: whoever did before does not any more.
  mutating func own(_ staff: StaffToOwn.Found) {
    let before = row.owner
    (row.owner, row.ownerName) = (staff.account, staff.name)
    note(
      "owner_changed",
      .object(["owner": .id(context.id(.staff, staff.account.publicId)), "from": .id(before.map { context.id(.staff, $0.publicId) })]))
  }
}
