import Assets
import Attributes
import Desk
import Kernel
import Operations
import Problems
import Tenancy

package enum ReadChange: Operation {
  package typealias Input = ChangeReference

  package static let declaration = Declaration(
    "change.read", "Read a change, with whom and what it concerns, who agrees to it and what is done.", zh: "查看变更及其涉及对象、审批与任务。",
    permission: ChangeRights.read, roles: ChangeRights.readers, reach: .provider, effect: .read)

  private static let mostCustomers: Int64 = 1000
  private static let mostClashes: Int64 = 20

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeDetail {
    let row = try await context.change(input.id)
    let (provider, customers) = (context.provider.id, context.reachableCustomers)
    let (concerned, named, links, approvals, tasks, services) = try await context.transaction.query(
      ConcernedCustomers(provider: provider, change: row.id, customers: customers, limit: mostCustomers),
      CiLinks(provider: provider, change: row.id, customers: customers), LinksOfChange(provider: provider, change: row.id, customers: customers),
      ApprovalsOfChange(provider: provider, change: row.id), TasksOfChange(provider: provider, change: row.id),
      ServicesOfChange(provider: provider, change: row.id, customers: customers))
    let clashes = try await context.clashes(of: [row.id], naming: mostClashes)[row.id]
    var reasons: [RiskRule.Reason] = []
    if row.process.risk != nil {
      reasons = try RiskRule.judge(row.answers.members ?? [], by: try await context.questionnaire(row.questionnaire).content).reasons
    }
    return ChangeDetail(
      line: ChangeLine(row, in: context), reasons: reasons.map { RiskReason(reason: $0) }, customers: concerned.map(\.publicId),
      cis: try await context.touched(named), services: ServiceOfChange.joined(services), links: links, clashes: clashes,
      approvals: approvals.map { ChangeApprovalLine($0, of: row, clashes: clashes, in: context) }, tasks: try await context.taskLines(tasks))
  }
}

package enum ListChanges: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let state: String?
    let kind: String?
    let risk: String?
    let release: PublicId?
    let owner: PublicId?
    let team: PublicId?
    let myTeams: Bool
    let unowned: Bool
    let offered: Bool
    let ci: PublicId?
    let attribute: String?
    let affectedService: String?
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id("customer", .customer, "Only those that concern this customer.", "仅限涉及此客户的变更。").optional
    private static let state = Field.oneOf(
      "state", ["open"] + ChangeState.allCases.map(\.rawValue), "Only those in this state; open: neither closed, rejected nor cancelled.",
      "仅限此状态；open 表示未关闭、未拒绝且未取消。"
    ).optional
    private static let kind = Field.oneOf("kind", ChangeKind.allCases.map(\.rawValue), "Only this kind.", "仅限此类型。").optional
    private static let risk = Field.oneOf("risk", ChangeRisk.allCases.map(\.rawValue), "Only this risk.", "仅限此风险。").optional
    private static let release = Field.id("release", .release, "Only those of this release.", "仅限此发布的变更。").optional
    private static let owner = Field.id("owner", .staff, "Only those for which he answers.", "仅限此人负责的变更。").optional
    private static let myTeams = Field.boolean(
      "myTeams", "Only those that one of the caller's teams works on, or has a task of that is to be done.", "仅限由本人所属团队处理、或其有待办任务的变更。"
    ).optional
    private static let ci = Field.id(
      "ci", .ticketCi, "Only those that touch this configuration item: of the customer, or, without one, a shared one.",
      "仅限涉及此配置项的变更：该客户的；未指定客户时为服务商共享的。"
    ).optional

    package static let fields: [any InputField] = [
      customer, state, kind, risk, release, owner, WorkingTeamFields.only, myTeams, OfferFields.unowned, OfferFields.offered, ci, AttributeFields.filter,
      AffectedServiceField.only, Paging.limit, Paging.cursor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      state = try values[Self.state]
      kind = try values[Self.kind]
      risk = try values[Self.risk]
      release = try values[Self.release]
      owner = try values[Self.owner]
      team = try values[WorkingTeamFields.only]
      myTeams = try values[Self.myTeams] ?? false
      unowned = try values[OfferFields.unowned] ?? false
      offered = try values[OfferFields.offered] ?? false
      ci = try values[Self.ci]
      attribute = try values[AttributeFields.filter]
      affectedService = try values[AffectedServiceField.only]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filterText: String {
      let ids = [customer, release, owner, team, ci].map { $0?.description ?? "" }.joined(separator: "/")
      return "\(ids)/\(state ?? "")/\(kind ?? "")/\(risk ?? "")/\(unowned)/\(offered)/\(myTeams)/\(attribute ?? "")/\(affectedService ?? "")"
    }

    fileprivate var states: [ChangeState]? {
      state.map { state in ChangeState(rawValue: state).map { [$0] } ?? ChangeState.allCases.filter(\.isOpen) }
    }
  }

  package static let declaration = Declaration(
    "change.list", "List the changes that the caller may see, the newest first.", zh: "列出有权查看的变更，最新的在前。", permission: ChangeRights.read,
    roles: ChangeRights.readers, reach: .homeOr(by: "customer", andProvider: true), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangeLine> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    if let release = input.release {
      let known = ReleaseByPublicId(provider: context.provider.id, customers: context.reachableCustomers, reader: context.actor, publicId: release)
      guard try await context.transaction.first(known) != nil else { throw context.unknownReference("release") }
    }
    if let owner = input.owner {
      let known = StaffToFilterBy(provider: context.provider.id, publicId: owner)
      guard try await context.transaction.first(known) != nil else { throw context.unknownReference("owner") }
    }
    let offeredTeams = try await input.offered ? context.teamsToAnswerFor() : []
    let wantedTeams = try await input.myTeams ? context.ownTeams() : nil
    let team: Int64? =
      if let team = input.team { try await context.team(team, "team") } else { nil }
    let ci: Int64? =
      if let ci = input.ci { try await context.ciToTouch(ci, of: context.tenant, "ci").id } else { nil }
    let service = try await context.serviceToFilterBy(input.affectedService)
    let changes = ChangesOfProvider(
      provider: context.provider.id, customers: context.reachableCustomers,
      filter: ChangesOfProvider.Filter(
        states: input.states, kind: input.kind, risk: input.risk, release: input.release, owner: input.owner, isUnowned: input.unowned,
        isOffered: input.offered, reader: context.actor.kind == .staff ? context.actor.id : nil,
        attribute: try await context.attributeFilter(
          input.attribute, of: .change, customer: input.customer == nil ? nil : context.tenant.id),
        offeredTeams: offeredTeams, wantedTeams: wantedTeams, team: team, ci: ci, service: service),
      before: try after.map { (openedAt: try $0.instant(0), id: try $0.integer(1)) }, limit: limit + 1)
    let concerned = input.customer == nil ? context.reachableCustomers : [context.tenant.id.rawValue]
    let rows: [ChangeRow]
    if let concerned {
      rows = try await context.transaction.query(ChangesOfCustomers(changes: changes, concerned: concerned))
    } else if input.myTeams {
      rows = try await context.transaction.query(ChangesOfTeams(changes: changes))
    } else if service != nil {
      rows = try await context.transaction.query(ChangesOfService(changes: changes))
    } else {
      rows = try await context.transaction.query(changes)
    }
    return context.listing(
      rows, limit: limit, filter: input.filterText, key: { PageCursor([.integer($0.openedAt.microseconds), .integer($0.id)]) }
    ) { ChangeLine($0, in: context) }
  }
}

/// An event of a history.
package struct ChangeEventRecord: ProcessEventRecord {
  package let event: ToldEvent

  package init(_ event: ToldEvent) { self.event = event }

  package static let fields: [OutputField<ChangeEventRecord>] = ChangeEventRecord.told(first: "change.opened")
}

package enum ReadChangeHistory: Operation {
  package typealias Input = PageOfChange

  package static let declaration = Declaration(
    "change.history", "Read what happened to a change, in order.", zh: "按顺序查看变更的历史。", permission: ChangeRights.read, roles: ChangeRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangeEventRecord> {
    try await context.history(of: .change, input.id, input.limit, input.cursor) {
      let change = try await context.change(input.id)
      return (.change(change.id), change.openedAt)
    }
  }
}

extension OperationContext {
  /// What the CMDB says of the CIs that a change names. Only for operations that read.
  func touched(_ links: [CiLinks.Found]) async throws -> [TouchedCi] {
    guard !links.isEmpty else { return [] }
    let statement = NamedCis(tenants: links.map(\.tenant), cis: links.map(\.ci))
    let found = try await bound(to: Set(links.map(\.tenant)).sorted()) { try await $0.query(statement) }
    let facts = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
    return links.compactMap { link in facts[link.ci].map { TouchedCi(facts: $0, isShared: $0.tenant == provider.id) } }
  }
}
