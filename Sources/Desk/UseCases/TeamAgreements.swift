import Contracts
import Kernel
import Operations

/// Which OLA a team works by, and from when to when.
package struct TeamAgreementRecord: OperationOutput {
  let id: PublicId
  let team: PublicId
  let sla: PublicId
  let row: TeamAgreementRow

  init(_ row: TeamAgreementRow, in context: OperationContext) {
    id = context.id(.teamAgreement, row.publicId)
    team = context.id(.team, row.team)
    sla = context.id(.sla, row.sla)
    self.row = row
  }

  package static let fields: [OutputField<TeamAgreementRecord>] = [
    OutputField("id", .id, "The agreement.", "协议编号。") { .id($0.id) },
    OutputField("team", .id, "The team.", "团队。") { .id($0.team) },
    OutputField("teamName", .text, "The team's name.", "团队名称。") { .text($0.row.teamName) },
    OutputField("ola", .id, "The OLA that it works by.", "团队遵循的 OLA。") { .id($0.sla) },
    OutputField("olaName", .text, "The OLA's name.", "OLA 名称。") { .text($0.row.slaName) },
    OutputField("validFrom", .instant, "From when it holds, until the team's next one does.", "自何时起生效，至下一协议生效为止。") { .instant($0.row.validFrom) },
    OutputField("endedAt", .instant, "The first instant at which it no longer holds, where it was ended.", "终止时间（不含）；未终止为 null。") {
      .instant($0.row.endedAt)
    },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

/// A team agrees to an OLA: its turns that begin from then on are judged by it. Those that have begun keep theirs.
package enum AddTeamAgreement: Operation {
  package struct Input: OperationInput {
    let team: PublicId
    let ola: PublicId
    let validFrom: Instant?

    static let team = Field.id("team", .team, "The team.", "团队。")
    private static let ola = Field.id("ola", .sla, "The OLA: one made by sla.create with the kind ola.", "OLA（由 sla.create 以 kind=ola 创建）。")
    private static let validFrom = Field.instant("validFrom", "From when it holds (default: now).", "自何时起生效（默认当前时刻）。").optional

    package static let fields: [any InputField] = [team, ola, validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      team = try values[Self.team]
      ola = try values[Self.ola]
      validFrom = try values[Self.validFrom]
    }
  }

  package static let declaration = Declaration(
    "team_agreement.add", "Let a team work by an OLA from an instant on.", zh: "使团队自某时刻起遵循 OLA。", permission: "team.manage",
    roles: [.administrator, .accountManager], scopes: [.all], reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TeamAgreementRecord {
    let team = try await context.team(input.team, "team")
    let ola = try await context.agreementToName(input.ola, path: "ola")
    guard ola.kind == .ola else { throw Failure.invalid("ola", DeskMessages.needsOla) }
    // Of two people who add at once, the second finds what the first added.
    _ = try await context.transaction.query(HoldTeam(id: team))
    let validFrom = input.validFrom ?? context.now
    if let newest = try await context.transaction.first(NewestAgreement(team: team)), let from = newest, validFrom <= from {
      throw Failure.invalid("validFrom", DeskMessages.agreementOrder, ["from": from.description])
    }
    let id = context.newId(.teamAgreement)
    let inserted = try await context.transaction.first(
      InsertTeamAgreement(publicId: id, team: team, sla: ola.id, validFrom: validFrom, now: context.now))
    guard let agreement = inserted else { throw Failure.notFound }
    context.record(
      Event(
        subjectKind: "team_agreement", subject: agreement, seq: 1, type: "team_agreement.added",
        payload: .object(["team": .id(input.team), "ola": .id(input.ola), "validFrom": .instant(validFrom)]), occurredAt: context.now))
    return try await context.teamAgreement(id)
  }
}

package enum EndTeamAgreement: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let endedAt: Instant?

    private static let id = Field.id("id", .teamAgreement, "The agreement.", "协议编号。")
    private static let endedAt = Field.instant("endedAt", "The first instant at which it no longer holds (default: now).", "自何时起不再有效（默认当前时刻）。").optional

    package static let fields: [any InputField] = [id, endedAt]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      endedAt = try values[Self.endedAt]
    }
  }

  package static let declaration = Declaration(
    "team_agreement.end", "End a team's OLA; turns that have begun keep it.", zh: "终止团队的 OLA；已开始的处理段仍沿用。", permission: "team.manage",
    roles: [.administrator, .accountManager], scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TeamAgreementRecord {
    guard let row = try await context.transaction.first(TeamAgreementByPublicId(publicId: input.id)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    guard row.endedAt == nil else { throw Failure(.conflict, DeskMessages.agreementEnded) }
    let at = input.endedAt ?? context.now
    guard at > row.validFrom else { throw Failure.invalid("endedAt", DeskMessages.agreementEndOrder, ["from": row.validFrom.description]) }
    let advanced = try await context.transaction.first(CloseTeamAgreement(id: row.id, version: row.version, at: at))
    guard let version = advanced else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(row.version), "current": String(row.version + 1)])
    }
    context.record(
      Event(
        subjectKind: "team_agreement", subject: row.id, seq: version, type: "team_agreement.ended",
        payload: .object(["agreement": .id(input.id), "endedAt": .instant(at)]), occurredAt: context.now))
    return try await context.teamAgreement(input.id)
  }
}

package enum ListTeamAgreements: Operation {
  package struct Input: OperationInput {
    let team: PublicId?
    let limit: Int64?
    let cursor: String?

    private static let team = Field.id("team", .team, "Only those of this team.", "仅限此团队。").optional
    package static let fields: [any InputField] = [team, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      team = try values[Self.team]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "team_agreement.list", "List which OLAs teams work by, those that ended included.", zh: "列出团队遵循的 OLA，包括已终止的。", permission: "team.read",
    roles: [.administrator, .accountManager, .engineer], reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TeamAgreementRecord> {
    let filter = input.team?.description ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let team: Int64? =
      if let team = input.team { try await context.team(team, "team") } else { nil }
    let rows = try await context.transaction.query(TeamAgreements(team: team, afterId: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { TeamAgreementRecord($0, in: context) }
  }
}

extension OperationContext {
  fileprivate func teamAgreement(_ id: PublicId) async throws -> TeamAgreementRecord {
    guard let row = try await transaction.first(TeamAgreementByPublicId(publicId: id)) else { throw Failure.notFound }
    subject(id)
    return TeamAgreementRecord(row, in: self)
  }
}
