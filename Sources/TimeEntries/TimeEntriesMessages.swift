import Kernel

package enum TimeEntriesMessages: MessageCatalog {
  static let badCode = Message(
    "time_code.bad_code", "A code is 1 to 40 small letters, digits and _, a letter first.", zh: "代码由 1 到 40 个小写字母、数字和下划线组成，以字母开头。")
  static let codeTaken = Message("time_code.code_taken", "The list has this code already.", zh: "该列表中已有此代码。")
  static let appliesTaken = Message(
    "time_code.applies_taken", "There is a rate class in use for this time already: retire that one first.", zh: "此时段已有在用的费率类别：请先停用该类别。")
  static let billableOfWork = Message(
    "time_code.billable", "A work type says whether it is billable, and a rate class does not.", zh: "工作类型须说明是否计费，费率类别不填。")
  static let appliesOfRate = Message(
    "time_code.applies", "A rate class says for which time it is, and a work type does not.", zh: "费率类别须说明适用时段，工作类型不填。")
  static let retired = Message("time_code.retired", "{code} is retired.", zh: "{code} 已停用。")
  static let active = Message("time_code.active", "{code} is in use.", zh: "{code} 正在使用中。")
  static let needed = Message("time_code.needed", "The rate class of the service time is always needed.", zh: "服务时间内的费率类别不可停用。")

  static let ruleTaken = Message("time_rule.taken", "The line has a rule from this instant on already.", zh: "该合同行已有自此时刻生效的规则。")

  static let timesOrMinutes = Message(
    "time_entry.times_or_minutes", "Give either from and to, or date and minutes.", zh: "请填写起止时间（from、to），或日期与分钟数（date、minutes）。")
  static let wholeMinutes = Message("time_entry.whole_minutes", "This must be a whole minute.", zh: "必须为整分钟。")
  static let order = Message("time_entry.order", "The end must come after the beginning.", zh: "结束时间必须晚于开始时间。")
  static let tooLong = Message("time_entry.too_long", "An entry is no longer than 24 hours.", zh: "一条工时不得超过 24 小时。")
  static let future = Message("time_entry.future", "This lies in the future.", zh: "此时间尚未到来。")
  static let tooOld = Message("time_entry.too_old", "This lies more than {days} days back.", zh: "此时间早于 {days} 天之前。")
  static let staffNeeded = Message(
    "time_entry.staff_needed", "Say whose time it is: only a member of staff has time of his own.", zh: "请说明是谁的工时：只有服务商人员账户有自己的工时。")
  static let othersTime = Message("time_entry.others_time", "Only those who review time record somebody else's.", zh: "只有工时审核人可登记他人的工时。")
  static let ticketOrReview = Message(
    "time_entry.ticket_or_review",
    "Name the ticket, request, problem, change, release or major incident: only those who review time list all of a customer's.",
    zh: "请指明工单、请求、问题、变更、发布或重大事件：只有工时审核人可列出客户的全部工时。")
  static let ticketOrLine = Message("time_entry.ticket_or_line", "Name a ticket, a request or a contract line.", zh: "请指明工单、服务请求或合同行。")
  static let oneWork = Message(
    "time_entry.one_work", "Name one of ticket, request, problem, change, release and majorIncident at most.",
    zh: "ticket、request、problem、change、release、majorIncident 最多填写一项。")
  static let lineOfRequest = Message(
    "time_entry.line_of_request", "The contract line follows from the request: leave it out.", zh: "合同行由服务请求决定，请勿填写。")
  static let internalWork = Message("time_entry.internal", "The provider's own work is billed to nobody.", zh: "服务商自身的工作不计费。")
  static let lineOfTicket = Message(
    "time_entry.line_of_ticket", "The contract line follows from the ticket: leave it out.", zh: "合同行由工单决定，请勿填写。")
  static let lineNotInForce = Message("time_entry.line_not_in_force", "This contract line was not in force then.", zh: "该合同行当时未生效。")
  static let unknownWorkType = Message(
    "time_entry.unknown_work_type", "There is no work type {code} in use. See time_code.list.", zh: "没有在用的工作类型 {code}。参见 time_code.list。")
  static let unknownRateClass = Message(
    "time_entry.unknown_rate_class", "There is no rate class {code} in use that may be named. See time_code.list.", zh: "没有可指定的在用费率类别 {code}。参见 time_code.list。"
  )
  static let overlaps = Message(
    "time_entry.overlaps", "This overlaps other time of the same person. Two things at once are recorded with parallel.",
    zh: "与同一人员的其他工时重叠。同时进行的工作请以 parallel 登记。")
  static let dayIsFull = Message(
    "time_entry.day_is_full", "That would make {total} h on {date}, for all customers together; the day has {most} h.",
    zh: "{date} 当日对所有客户的工时合计将达 {total} 小时，而该日只有 {most} 小时。")
  static let monthClosed = Message(
    "time_entry.month_closed", "Everything before {date} is closed; what was approved is corrected by time_entry.correct.",
    zh: "{date} 之前的月份已关账；已批准的工时请用 time_entry.correct 更正。")
  static let badTransition = Message(
    "time_entry.bad_transition", "A time entry that is {state} cannot do this: {event}. Possible: {allowed}.",
    zh: "状态为 {state} 的工时不能执行此操作：{event}。可执行：{allowed}。")
  static let notOwner = Message("time_entry.not_owner", "Only whose time it is, or who recorded it, may do this.", zh: "仅工时所属人员或登记人可执行此操作。")
  static let submittedByOwner = Message(
    "time_entry.submitted_by_owner", "What no member of staff wrote is submitted by whose time it is.", zh: "非服务商人员本人登记的工时须由工时所属人员提交。")
  static let personRequired = Message(
    "time_entry.person_required", "Time is decided by a member of staff with a login of his own.", zh: "工时须由使用本人账户的服务商人员审批。")
  static let ownEntry = Message(
    "time_entry.own_entry", "Nobody decides his own time, or what he wrote down himself.", zh: "不得审批本人的工时或本人登记的工时。")
  static let nothingToChange = Message("time_entry.nothing_to_change", "Nothing would change.", zh: "没有任何变更。")
  static let notApproved = Message("time_entry.not_approved", "Only what was approved is corrected; this may still be changed.", zh: "只有已批准的工时才需更正；此条仍可直接修改。")
  static let reversal = Message("time_entry.reversal", "A reversal stands; record the time anew.", zh: "冲销记录不可更正，请重新登记工时。")
  static let correctedAlready = Message(
    "time_entry.corrected_already", "It was corrected already, or a correction waits for approval.", zh: "该工时已更正，或有更正待批准。")
  static let correctionStays = Message(
    "time_entry.correction_stays", "What a correction takes back is not changed: delete it and correct anew.", zh: "冲销类更正不可修改：请删除后重新更正。")

  static let timerRuns = Message("timer.runs", "A timer of yours is running: stop or discard it first.", zh: "您已有计时器在运行：请先停止或放弃。")
  static let timerStart = Message("timer.start_range", "It began not in the future, and not more than a day ago.", zh: "开始时间不得晚于当前时刻，也不得早于一天之前。")
  static let timerForgotten = Message(
    "timer.forgotten", "It has run beyond its limit ({due}): say when the work ended.", zh: "计时已超过上限（{due}）：请说明工作何时结束。")
  static let timerTooShort = Message("timer.too_short", "That is less than a minute: discard the timer.", zh: "不足一分钟：请放弃该计时器。")

  static let nothingBilled = Message("time_source.nothing_billed", "The bill {bill} has nothing that could be released.", zh: "账单 {bill} 没有可释放的来源。")

  static let monthNotOver = Message("time_month.not_over", "The month is not over.", zh: "该月尚未结束。")
  static let monthOpen = Message(
    "time_month.open", "Entries up to its end wait for submission or approval: {count}.", zh: "截至该月末仍有待提交或待批准的工时：{count} 条。")
  static let badRange = Message("time_entry.bad_range", "The end of the range must come after its beginning.", zh: "范围的结束必须晚于开始。")

  package static let all =
    [
      badCode, codeTaken, appliesTaken, billableOfWork, appliesOfRate, retired, active, needed, ruleTaken, timesOrMinutes, wholeMinutes, order, tooLong,
      future, tooOld, staffNeeded, othersTime, ticketOrReview, ticketOrLine, lineOfTicket, lineOfRequest, oneWork, internalWork, lineNotInForce,
      unknownWorkType, unknownRateClass, overlaps,
      monthClosed, dayIsFull,
      badTransition, notOwner, submittedByOwner, nothingBilled, personRequired, ownEntry, nothingToChange, notApproved, reversal, correctedAlready,
      correctionStays, timerRuns, timerStart,
      timerForgotten, timerTooShort, monthNotOver, monthOpen, badRange,
    ] + TimeWords.all
}
