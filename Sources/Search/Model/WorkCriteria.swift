import Desk
import Kernel
import Operations

/// What of the queue over all processes is asked for. A process that has nothing of what is asked for is not in it.
struct WorkCriteria: Sendable {
  let processes: [WorkProcess]?
  /// Nil: all that the caller serves.
  let customers: [PublicId]?
  let team: PublicId?
  let mine: Bool
  let unowned: Bool
  let priority: Int64?
  let dueBefore: Instant?
  let overdue: Bool?

  private static let processesField = Field.list(
    "processes", of: Field.oneOf("process", WorkProcess.allCases.map(\.rawValue), "A process.", "流程。"), count: 1...6,
    "Only these processes: incident, request, task (of a request), problem, change, change_task (of a change that is being implemented).",
    "仅限这些流程：incident 事件、request 请求、task 请求履行任务、problem 问题、change 变更、change_task 变更实施任务。"
  ).optional
  private static let teamField = Field.id(
    "team", .team, "Only incidents and tasks of this team, and requests that it has a task of that is to be done.", "仅限此团队的事件与任务，以及此团队有待办任务的请求。"
  ).optional
  private static let mineField = Field.boolean(
    "mine", "Only those that the caller took and answers for; of tasks those that he is at.", "仅限本人认领并负责的事项；任务则为本人正在处理的。"
  ).optional
  private static let unownedField = Field.boolean("unowned", "Only those that nobody has taken.", "仅限尚无人认领的事项。").optional
  private static let priorityField = Field.integer("priority", Rating.numbers, "Only incidents and problems of this priority.", "仅限此优先级的事件与问题。").optional
  private static let dueBeforeField = Field.instant("dueBefore", "Only those that are due before this.", "仅限在此时间之前到期的事项。").optional
  private static let overdueField = Field.boolean(
    "overdue", "true: only those whose next due time has passed; false: only the others, so that what breaches next comes first.",
    "true：仅限已超期的事项；false：仅限未超期的事项，最先到期的在前。"
  ).optional
  static let fields: [any InputField] = [
    processesField, ServedCustomers.field, teamField, mineField, unownedField, priorityField, dueBeforeField, overdueField,
  ]

  init(_ values: InputValues) throws(FieldError) {
    processes = try values[Self.processesField].map { $0.compactMap(WorkProcess.init(rawValue:)) }
    customers = try values[ServedCustomers.field]
    team = try values[Self.teamField]
    mine = try values[Self.mineField] ?? false
    unowned = try values[Self.unownedField] ?? false
    priority = try values[Self.priorityField]
    dueBefore = try values[Self.dueBeforeField]
    overdue = try values[Self.overdueField]
  }

  /// What a cursor is good for.
  var filterText: String {
    let lists = [processes?.map(\.rawValue), customers?.map(\.description)].map { $0?.joined(separator: ",") ?? "-" }
    let others = [team?.description, priority.map { String($0) }, dueBefore?.description, overdue.map { String($0) }].map { $0 ?? "-" }
    return "\((lists + others).joined(separator: " ")) \(mine) \(unowned)"
  }

  func asks(for process: WorkProcess) -> Bool {
    guard processes?.contains(process) ?? true, team == nil || process.hasTeam, priority == nil || process.hasPriority else { return false }
    return process.isDated || dueBefore == nil && overdue != true
  }
}
