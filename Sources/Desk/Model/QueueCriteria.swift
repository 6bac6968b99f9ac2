import Attributes
import Kernel
import Operations

/// Which open incidents a queue shows, and in what order.
package struct QueueCriteria: SavedCriteria {
  package static let queue = FilteredQueue.incident

  let team: PublicId?
  let assignee: PublicId?
  let mine: Bool
  let myTeams: Bool
  let unassigned: Bool
  let owner: PublicId?
  let unowned: Bool
  let offered: Bool
  let priority: Int64?
  let attribute: String?
  package var customers: [PublicId]?
  let state: TicketState?
  /// With those below it.
  let category: String?
  let nature: String?
  /// The code of one of the catalogue's.
  let affectedService: String?
  /// Whether what is due next has passed.
  let breached: Bool?
  let dueBefore: Instant?
  let dueWithinMinutes: Int64?
  let order: Order

  enum Order: String, CaseIterable {
    case due
    case teamDue = "team_due"
  }

  private static let teamField = Field.id("team", .team, "Only those of this team.", "仅限此团队。").optional
  private static let assigneeField = Field.id("assignee", .staff, "Only those assigned to this member of the staff.", "仅限分派给此人员的工单。").optional
  private static let mineField = Field.boolean("mine", "Only those assigned to the caller.", "仅限分派给本人的工单。").optional
  private static let myTeamsField = Field.boolean("myTeams", "Only those of the caller's teams.", "仅限本人所属团队的工单。").optional
  private static let unassignedField = Field.boolean("unassigned", "Only those assigned to nobody.", "仅限未分派给个人的工单。").optional
  private static let ownerField = Field.id("owner", .staff, "Only those that this member of the staff answers for.", "仅限由此人员负责的工单。").optional
  private static let unownedField = Field.boolean("unowned", "Only those that nobody answers for.", "仅限尚无负责人的工单。").optional
  private static let offeredField = Field.boolean(
    "offered", "Only those that are offered to the caller, or to a team of his or one without members, and that nobody has answered.",
    "仅限移交给本人、本人所属团队或没有成员的团队且尚未答复的工单。"
  ).optional
  private static let priorityField = Field.integer("priority", Rating.numbers, "Only this priority.", "仅限此优先级。").optional
  private static let orderField = Field.oneOf(
    "order", Order.allCases.map(\.rawValue),
    "due (default): by what the customer was promised; team_due, of one team: by what the team promised (OLA).",
    "due（默认）：按对客户的承诺排序；team_due：按团队的承诺（OLA）排序，须指定团队。"
  ).optional
  private static let stateField = Field.oneOf(
    "state", TicketState.allCases.filter(\.isOpen).map(\.rawValue), "Only those in this state.", "仅限此状态。"
  ).optional
  private static let categoryField = Field.text(
    "category", 1...100, "Only those of this category or one below it, a key of code.list.", "仅限此分类及其下级：code.list 中的键。"
  ).optional
  private static let natureField = Field.text("nature", 1...100, "Only those of this nature, a key of code.list.", "仅限此性质：code.list 中的键。").optional
  private static let breachedField = Field.boolean(
    "breached",
    "true: only those whose next due time (with order=team_due the team's own) has passed; false: only the others, so that what breaches next comes first.",
    "true：仅限已超期的工单；false：仅限未超期的工单，最先到期的在前。order=team_due 时按团队的到期时间。"
  ).optional
  private static let dueBeforeField = Field.instant(
    "dueBefore", "Only those that are due before this; with order=team_due by the team's own due time.",
    "仅限在此时间之前到期的工单；order=team_due 时按团队的到期时间。"
  ).optional
  private static let dueWithinField = Field.integer(
    "dueWithinMinutes", 0...527_040, "Only those that are due within so many minutes from now, or have been; with order=team_due by the team's own due time.",
    "仅限在此分钟数内到期或已超期的工单；order=team_due 时按团队的到期时间。"
  ).optional
  package static let fields: [any InputField] = [
    teamField, assigneeField, mineField, myTeamsField, unassignedField, ownerField, unownedField, offeredField, priorityField, AttributeFields.filter,
    orderField,
    ServedCustomers.field, stateField, categoryField, natureField, AffectedServiceField.only, breachedField, dueBeforeField, dueWithinField,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    team = try values[Self.teamField]
    assignee = try values[Self.assigneeField]
    mine = try values[Self.mineField] ?? false
    myTeams = try values[Self.myTeamsField] ?? false
    unassigned = try values[Self.unassignedField] ?? false
    owner = try values[Self.ownerField]
    unowned = try values[Self.unownedField] ?? false
    offered = try values[Self.offeredField] ?? false
    priority = try values[Self.priorityField]
    customers = try values[ServedCustomers.field]
    state = try values[Self.stateField].flatMap(TicketState.init(rawValue:))
    category = try values[Self.categoryField]
    nature = try values[Self.natureField]
    affectedService = try values[AffectedServiceField.only]
    breached = try values[Self.breachedField]
    dueBefore = try values[Self.dueBeforeField]
    dueWithinMinutes = try values[Self.dueWithinField]
    attribute = try values[AttributeFields.filter]
    order = try values[Self.orderField].flatMap(Order.init) ?? .due
    if order == .teamDue, team == nil { throw FieldError("team", DeskMessages.orderNeedsTeam) }
    if order == .teamDue, attribute != nil { throw FieldError("attribute", DeskMessages.orderOfAttribute) }
    if affectedService != nil, order == .teamDue || attribute != nil { throw FieldError("affectedService", TicketCiMessages.serviceAlone) }
  }

  package var value: Value {
    var members: [Value.Member] = []
    for (name, id) in [("team", team), ("assignee", assignee), ("owner", owner)] {
      if let id { members.append(Value.Member(name, .id(id))) }
    }
    for (name, isAsked) in [("mine", mine), ("myTeams", myTeams), ("unassigned", unassigned), ("unowned", unowned), ("offered", offered)] where isAsked {
      members.append(Value.Member(name, .bool(true)))
    }
    if let priority { members.append(Value.Member("priority", .integer(priority))) }
    if let customers { members.append(Value.Member("customers", .array(customers.map { Value.id($0) }))) }
    let texts = [
      ("state", state?.rawValue), ("category", category), ("nature", nature), ("affectedService", affectedService), ("dueBefore", dueBefore?.description),
    ]
    for (name, text) in texts {
      if let text { members.append(Value.Member(name, .text(text))) }
    }
    if let breached { members.append(Value.Member("breached", .bool(breached))) }
    if let dueWithinMinutes { members.append(Value.Member("dueWithinMinutes", .integer(dueWithinMinutes))) }
    if let attribute { members.append(Value.Member("attribute", .text(attribute))) }
    if order != .due { members.append(Value.Member("order", .text(order.rawValue))) }
    return .object(members)
  }
}
