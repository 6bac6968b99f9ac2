import Attributes
import Kernel
import Operations

/// What of the queue over all processes is asked for.
package struct WorkCriteria: SavedCriteria {
  package static let queue = FilteredQueue.work

  package let processes: [WorkProcess]?
  package var customers: [PublicId]?
  package let team: PublicId?
  package let myTeams: Bool
  package let mine: Bool
  package let unowned: Bool
  package let offered: Bool
  package let priority: Int64?
  package let attribute: String?
  package let dueBefore: Instant?
  package let dueWithinMinutes: Int64?
  package let overdue: Bool?

  private static let processesField = Field.list(
    "processes", of: Field.oneOf("process", WorkProcess.allCases.map(\.rawValue), "A process.", "流程。"), count: 1...6,
    "Only these processes: incident, request, task (of a request), problem, change, change_task (of a change that is being implemented).",
    "仅限这些流程：incident 事件、request 请求、task 请求履行任务、problem 问题、change 变更、change_task 变更实施任务。"
  ).optional
  private static let teamField = Field.id(
    "team", .team, "Only incidents, problems, changes and tasks of this team, and requests that it has a task of that is to be done.",
    "仅限此团队的事件、问题、变更与任务，以及此团队有待办任务的请求。"
  ).optional
  private static let myTeamsField = Field.boolean(
    "myTeams",
    "Only incidents, problems, changes and tasks of one of the caller's teams, and requests that one of these has a task of that is to be done.",
    "仅限本人所属团队的事件、问题、变更与任务，以及这些团队有待办任务的请求。"
  ).optional
  private static let mineField = Field.boolean(
    "mine", "Only those that the caller took and answers for; of tasks those that he is at.", "仅限本人认领并负责的事项；任务则为本人正在处理的。"
  ).optional
  private static let unownedField = Field.boolean("unowned", "Only those that nobody has taken.", "仅限尚无人认领的事项。").optional
  private static let priorityField = Field.integer("priority", Rating.numbers, "Only incidents, requests and problems of this priority.", "仅限此优先级的事件、请求与问题。")
    .optional
  private static let dueBeforeField = Field.instant("dueBefore", "Only those that are due before this.", "仅限在此时间之前到期的事项。").optional
  private static let dueWithinField = Field.integer(
    "dueWithinMinutes", 0...527_040, "Only those that are due within so many minutes from now, or have been.", "仅限在此分钟数内到期或已超期的事项。"
  ).optional
  private static let overdueField = Field.boolean(
    "overdue", "true: only those whose next due time has passed; false: only the others, so that what breaches next comes first.",
    "true：仅限已超期的事项；false：仅限未超期的事项，最先到期的在前。"
  ).optional
  package static let fields: [any InputField] = [
    processesField, ServedCustomers.field, teamField, myTeamsField, mineField, unownedField, OfferFields.offered, priorityField,
    AttributeFields.filter, dueBeforeField, overdueField, dueWithinField,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    processes = try values[Self.processesField].map { $0.compactMap(WorkProcess.init(rawValue:)) }
    customers = try values[ServedCustomers.field]
    team = try values[Self.teamField]
    myTeams = try values[Self.myTeamsField] ?? false
    mine = try values[Self.mineField] ?? false
    unowned = try values[Self.unownedField] ?? false
    offered = try values[OfferFields.offered] ?? false
    priority = try values[Self.priorityField]
    attribute = try values[AttributeFields.filter]
    dueBefore = try values[Self.dueBeforeField]
    dueWithinMinutes = try values[Self.dueWithinField]
    overdue = try values[Self.overdueField]
  }

  package var value: Value {
    var members: [Value.Member] = []
    if let processes { members.append(Value.Member("processes", .array(processes.map { Value.text($0.rawValue) }))) }
    if let customers { members.append(Value.Member("customers", .array(customers.map { Value.id($0) }))) }
    if let team { members.append(Value.Member("team", .id(team))) }
    for (name, isAsked) in [("myTeams", myTeams), ("mine", mine), ("unowned", unowned), ("offered", offered)] where isAsked {
      members.append(Value.Member(name, .bool(true)))
    }
    if let priority { members.append(Value.Member("priority", .integer(priority))) }
    if let attribute { members.append(Value.Member("attribute", .text(attribute))) }
    if let dueBefore { members.append(Value.Member("dueBefore", .instant(dueBefore))) }
    if let dueWithinMinutes { members.append(Value.Member("dueWithinMinutes", .integer(dueWithinMinutes))) }
    if let overdue { members.append(Value.Member("overdue", .bool(overdue))) }
    return .object(members)
  }
}
