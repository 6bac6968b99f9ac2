import Desk
import Kernel
import Operations

/// Something that is to be done, in the queue over all processes.
package struct WorkLine: OperationOutput {
  let row: WorkAt.Found
  let id: PublicId
  let number: String
  let title: String
  let partOf: PublicId?
  let team: PublicId?
  let owner: PublicId?
  let ownerName: String?
  let ownerBy: Accountable.Rule?
  /// When it was looked.
  let now: Instant

  package static let fields: [OutputField<WorkLine>] = [
    OutputField(
      "process", .text, "incident, request, task (of a request), problem, change or change_task (of a change).",
      "流程：incident 事件、request 请求、task 请求履行任务、problem 问题、change 变更、change_task 变更实施任务。"
    ) { .text($0.row.process.rawValue) },
    OutputField(
      "id", .id, "By which it is read: incident.read, request.read, task.read, problem.read, change.read; a task of a change is read with its change.",
      "编号，用于按流程查看：incident.read、request.read、task.read、problem.read、change.read；变更任务随其变更一并查看。"
    ) { .id($0.id) },
    OutputField("number", .text, "Its number, for people; of a task that of what it is a part of.", "工单号；任务则为其所属请求或变更的编号。") { .text($0.number) },
    OutputField("partOf", .id, "Of a task: the request or change that it is a part of.", "任务所属的请求或变更。") { .id($0.partOf) },
    OutputField(
      "title", .text, "Its title; of a request what was ordered, of a task what is to be done, in the caller's language.",
      "标题；请求为所申请的服务项，任务为待办内容（按调用者的语言）。"
    ) { .text($0.title) },
    OutputField(
      "customer", .id, "Whose it is, or whom alone it is about; null: several, or nobody in particular.", "所属客户，或唯一涉及的客户；涉及多个或未指定时为 null。"
    ) { .id($0.row.customer) },
    OutputField("customerCode", .text, "The customer's code.", "客户代码。") { .text($0.row.customerCode) },
    OutputField("customerName", .text, "The customer's name.", "客户名称。") { .text($0.row.customerName) },
    OutputField(
      "priority", .integer, "Of an incident, a request or a problem: a number of code.list, 1 the highest.", "优先级（仅事件、请求与问题）：code.list 中的数字，1 为最高。"
    ) { .integer($0.row.priority) },
    OutputField("state", .text, "Its state, one of its process's.", "状态，取值依其流程而定。") { .text($0.row.state) },
    OutputField("team", .id, "The team that works on it.", "处理团队。") { .id($0.team) },
    OutputField("teamName", .text, "Its name.", "团队名称。") { .text($0.row.teamName) },
    OutputField("owner", .id, "Who answers for it; of a task who is at it.", "负责人；任务则为正在处理的人员。") { .id($0.owner) },
    OutputField("ownerName", .text, "His name.", "负责人姓名。") { .text($0.ownerName) },
    OutputField(
      "ownerBy", .text, "By what: person (he took it), handbook (nobody did; he stands in the handbook of the process) or default (ownership.read).",
      "负责依据：person 本人认领，handbook 无人认领、由流程手册指定，default 默认负责人（ownership.read）。"
    ) { .text($0.ownerBy?.rawValue) },
    OutputField("dueAt", .instant, "When what is next of it is due; null: nothing is.", "最近的到期时间；没有则为 null。") { .instant($0.row.dueAt) },
    OutputField(
      "dueMetric", .text,
      "What is due at `dueAt`: response, resolution (of a request its fulfilment), update, or planned_end (of a change, that its window ends).",
      "到期的内容：response、resolution（请求为履行完成）、update，或 planned_end（变更时间窗结束）。"
    ) { .text($0.row.dueMetric) },
    OutputField("breached", .boolean, "Whether `dueAt` has passed.", "是否已超期。") { .bool($0.overdueSeconds != nil) },
    OutputField("overdueSeconds", .integer, "For how many seconds it has passed, by the wall clock; null: it has not.", "已超期秒数（自然时间）；null 表示未超期。") {
      .integer($0.overdueSeconds)
    },
    OutputField(
      "warnedPercent", .integer, "The highest share of a budget, in percent, whose passing was recorded, of what the customer was promised.",
      "对客户承诺中已记录预警的最高时限百分比。"
    ) { .integer($0.row.warnedPercent) },
    OutputField("since", .instant, "When it was opened or submitted; of a task since when it can be done.", "新建或提交的时间；任务则为可开始处理的时间。") {
      .instant($0.row.since)
    },
  ]

  /// Nil where what is due next has not passed, or nothing is.
  private var overdueSeconds: Int64? {
    guard let due = row.dueAt, due < now else { return nil }
    return now.seconds - due.seconds
  }
}

/// How much of a process is in the queue.
package struct WorkCount: OperationOutput {
  let process: WorkProcess
  let count: Int64

  /// Whoever has more to do does not work by the number.
  static let most: Int64 = 1000

  package static let fields: [OutputField<WorkCount>] = [
    OutputField("process", .text, "The process.", "流程。") { .text($0.process.rawValue) },
    OutputField("count", .integer, "How many there are, up to \(WorkCount.most).", "数量，最多计到 \(WorkCount.most)。") { .integer(min($0.count, WorkCount.most)) },
    OutputField("isMore", .boolean, "Whether there are more than that.", "是否超过此数。") { .bool($0.count > WorkCount.most) },
  ]
}
