import Kernel
import Operations

/// Of a list: what the caller's teams have in hand.
package enum TeamListFields {
  package static let myTeams = Field.boolean(
    "myTeams", "Only those with a task of one of the caller's teams that is to be done.", "仅限有本人所属团队待办任务的。"
  ).optional
}

package enum TeamFields: NamesRecord {
  package static let id = Field.id("id", .team, "The team.", "团队。")
  static let staff = Field.id("staff", .staff, "The member of the staff.", "服务商人员。")
}

/// Somebody who belongs to a team.
package struct TeamMemberRecord: OperationOutput {
  let staff: PublicId
  let row: MembersOfTeam.Found

  package static let fields: [OutputField<TeamMemberRecord>] = [
    OutputField("staff", .id, "The member of the staff.", "服务商人员。") { .id($0.staff) },
    OutputField("name", .text, "Their name.", "姓名。") { .text($0.row.name) },
    OutputField("since", .instant, "Since when.", "加入时间。") { .instant($0.row.since) },
    OutputField("lead", .boolean, "Whether they lead the team.", "是否为团队负责人。") { .bool($0.row.isLead) },
    OutputField(
      "mayWork", .boolean, "Whether they are active and may work on tickets; else they count as no member.", "是否在职且有权处理工单；否则不计为成员。"
    ) {
      .bool($0.row.mayWork)
    },
  ]
}

package struct TeamMemberInput: OperationInput {
  let id: PublicId
  let staff: PublicId

  package static let fields: [any InputField] = [TeamFields.id, TeamFields.staff]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[TeamFields.id]
    staff = try values[TeamFields.staff]
  }
}

/// Somebody works in a team from now on, and may accept what it is offered.
package enum AddTeamMember: Operation {
  package typealias Input = TeamMemberInput

  package static let declaration = Declaration(
    "team.add_member", "Make a member of the staff who may work on tickets a member of a team.", zh: "将有权处理工单的服务商人员加入团队。", permission: "team.manage",
    roles: [.administrator, .accountManager], scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TeamRecord {
    let team = try await context.team(input.id)
    let staff = try await context.staffForTeam(input.staff)
    try context.requireVersion(team.version)
    guard staff.mayWork else { throw Failure.invalid("staff", TeamMessages.mayNotWork, ["permission": TeamMembership.permission]) }
    let version = try await context.advance(team)
    let member = InsertTeamMember(provider: context.provider.id, team: team.id, account: staff.id, now: context.now)
    guard try await context.transaction.first(member) != nil else { throw Failure(.conflict, TeamMessages.memberAlready) }
    context.tellMember("team.member_added", input, team, version)
    return TeamRecord(try await context.team(input.id), in: context)
  }
}

/// Somebody works in a team no more; what he has in hand stays his.
package enum RemoveTeamMember: Operation {
  package typealias Input = TeamMemberInput

  package static let declaration = Declaration(
    "team.remove_member", "Take a member of the staff out of a team.", zh: "将服务商人员移出团队。", permission: "team.manage",
    roles: [.administrator, .accountManager], scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TeamRecord {
    let team = try await context.team(input.id)
    // Who has left is taken out as well.
    let staff = try await context.staffForTeam(input.staff)
    try context.requireVersion(team.version)
    let version = try await context.advance(team)
    let member = DeleteTeamMember(provider: context.provider.id, team: team.id, account: staff.id)
    guard try await context.transaction.first(member) != nil else { throw Failure(.conflict, TeamMessages.noMember) }
    context.tellMember("team.member_removed", input, team, version)
    return TeamRecord(try await context.team(input.id), in: context)
  }
}

/// A member leads his team from now on, or does not any more; what rules tell its leads he hears.
package enum SetTeamLead: Operation {
  package struct Input: OperationInput {
    let member: TeamMemberInput
    let lead: Bool

    private static let lead = Field.boolean("lead", "Whether they lead the team.", "是否为团队负责人。")
    package static let fields: [any InputField] = TeamMemberInput.fields + [lead]

    package init(_ values: InputValues) throws(FieldError) {
      member = try TeamMemberInput(values)
      lead = try values[Self.lead]
    }
  }

  package static let declaration = Declaration(
    "team.set_lead", "Make a member of a team one of its leads, or no more.", zh: "将团队成员设为或取消团队负责人。", permission: "team.manage",
    roles: [.administrator, .accountManager], scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TeamRecord {
    let team = try await context.team(input.member.id)
    let staff = try await context.staffForTeam(input.member.staff)
    try context.requireVersion(team.version)
    let version = try await context.advance(team)
    let lead = UpdateTeamLead(provider: context.provider.id, team: team.id, account: staff.id, lead: input.lead)
    guard try await context.transaction.first(lead) != nil else { throw Failure(.conflict, TeamMessages.noMember) }
    context.tellMember(input.lead ? "team.lead_added" : "team.lead_removed", input.member, team, version)
    return TeamRecord(try await context.team(input.member.id), in: context)
  }
}

package enum ListTeamMembers: Operation {
  package typealias Input = PageOf<TeamFields>

  package static let declaration = Declaration(
    "team.members", "List the members of a team, those included who have left or may not work any more.", zh: "列出团队成员，包括已离职或已无权处理工单的人员。",
    permission: "team.read", roles: [.administrator, .accountManager, .engineer], reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TeamMemberRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let team = try await context.team(input.id)
    let rows = try await context.transaction.query(
      MembersOfTeam(provider: context.provider.id, team: team.id, now: context.now, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      TeamMemberRecord(staff: context.id(.staff, row.staff), row: row)
    }
  }
}

extension OperationContext {
  /// The team that a call is about.
  func team(_ id: PublicId) async throws -> TeamRow {
    guard let row = try await transaction.first(TeamToRead(provider: provider.id, publicId: id, now: now)) else { throw Failure.notFound }
    subject(id)
    return row
  }

  /// The teams whose offers the caller answers: his own, and those without members, which are everybody's. Only for operations that read.
  package func teamsToAnswerFor() async throws -> [Int64] {
    let statement = TeamsToAnswerFor(provider: provider.id, account: actor.kind == .staff ? actor.id : nil, now: now)
    return try await bound(to: [provider.id]) { try await $0.query(statement) }
  }

  /// The teams of which the caller is a member; none of who is no person of the staff. Only for operations that read.
  package func ownTeams() async throws -> [Int64] {
    guard actor.kind == .staff else { return [] }
    let statement = TeamsOfMember(provider: provider.id, account: actor.id)
    return try await bound(to: [provider.id]) { try await $0.query(statement) }
  }

  fileprivate func staffForTeam(_ staff: PublicId) async throws -> StaffForTeam.Found {
    guard let found = try await transaction.first(StaffForTeam(provider: provider.id, publicId: staff, now: now)) else {
      throw unknownReference("staff")
    }
    return found
  }

  fileprivate func advance(_ team: TeamRow) async throws -> Int64 {
    guard let version = try await transaction.first(AdvanceTeam(id: team.id, version: team.version)) else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(team.version), "current": String(team.version + 1)])
    }
    return version
  }

  fileprivate func tellMember(_ type: String, _ input: TeamMemberInput, _ team: TeamRow, _ version: Int64) {
    record(
      Event(
        subjectKind: "team", subject: team.id, seq: version, type: type, payload: .object(["team": .id(input.id), "staff": .id(input.staff)]),
        occurredAt: now))
  }
}
