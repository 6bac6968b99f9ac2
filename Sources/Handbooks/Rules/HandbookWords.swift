import Kernel

/// The words of the handbooks.
package enum HandbookWords: MessageCatalog {
  static let title = Message("handbook.title", "Handbook: {process}", zh: "{process}流程手册")
  static let contents = Message("handbook.contents", "Contents", zh: "目录")
  static let foreign = Message("handbook.foreign", "[not translated]", zh: "[无中文译文]")
  static let edition = Message("handbook.edition", "Edition {edition}, published on {day} by {person}", zh: "第 {edition} 版，{person}于 {day} 发布")
  static let draft = Message("handbook.draft", "Draft", zh: "草稿")
  static let none = Message("handbook.none", "None.", zh: "无。")
  static let left = Message("handbook.left", "{person} (has left)", zh: "{person}（已离职）")
  static let nobody = Message("handbook.nobody", "nobody", zh: "空缺")
  static let months = Message("handbook.months", "{count} months", zh: "{count} 个月")
  static let month = Message("handbook.month", "{count} month", zh: "{count} 个月")
  static let atLeast = Message("handbook.at_least", "at least {amount}", zh: "不低于 {amount}")
  static let atMost = Message("handbook.at_most", "at most {amount}", zh: "不高于 {amount}")
  static let hours = Message("handbook.hours", "{count} h", zh: "{count}小时")
  static let minutes = Message("handbook.minutes", "{count} min", zh: "{count}分钟")
  static let seconds = Message("handbook.seconds", "{count} s", zh: "{count}秒")
  static let tickets = Message("handbook.tickets", "{count} tickets", zh: "{count} 张工单")
  static let cell = Message("handbook.cell", "of impact {impact} and urgency {urgency}", zh: "（影响 {impact}、紧急度 {urgency}）")

  static let purpose = Message("handbook.purpose", "Purpose", zh: "目的")
  static let responsibility = Message("handbook.responsibility", "Responsibility", zh: "责任")
  static let owner = Message("handbook.owner", "Owner", zh: "流程负责人")
  static let manager = Message("handbook.manager", "Manager", zh: "流程经理")
  static let review = Message("handbook.review", "Review cycle", zh: "复审周期")
  static let reviewDue = Message("handbook.review_due", "Next review", zh: "下次复审")
  static let activities = Message("handbook.activities", "Activities", zh: "活动")
  static let activity = Message("handbook.activity", "Activity", zh: "活动")
  static let roles = Message("handbook.roles", "Roles", zh: "角色")
  static let role = Message("handbook.role", "Role", zh: "角色")
  static let duties = Message("handbook.duties", "Duties", zh: "职责")
  static let people = Message("handbook.people", "People", zh: "人员")
  static let principles = Message("handbook.principles", "Principles", zh: "流程原则")
  static let principle = Message("handbook.principle", "Principle", zh: "原则")
  static let gates = Message("handbook.gates", "Gates", zh: "关卡")
  static let gate = Message("handbook.gate", "Gate", zh: "关卡")
  static let step = Message("handbook.step", "Before the step", zh: "所在步骤")
  static let asks = Message("handbook.asks", "Asks for", zh: "要求")
  static let approvalOfAny = Message("handbook.approval_of_any", "approval by one of {people}", zh: "{people}中一人同意")
  static let approvalOfAll = Message("handbook.approval_of_all", "approval by {people}", zh: "{people}同意")
  static let form = Message("handbook.form", "Form", zh: "表单")
  static let field = Message("handbook.field", "Field", zh: "字段")
  static let meaning = Message("handbook.meaning", "Meaning", zh: "填写内容")
  static let required = Message("handbook.required", "Required", zh: "必填")
  static let codes = Message("handbook.codes", "Codes", zh: "代码")
  static let code = Message("handbook.code", "Code", zh: "代码")
  static let priorities = Message("handbook.priorities", "Priorities", zh: "优先级")
  static let priority = Message("handbook.priority", "Priority", zh: "优先级")
  static let impact = Message("handbook.impact", "Impact", zh: "影响")
  static let urgency = Message("handbook.urgency", "Urgency", zh: "紧急度")
  static let kpis = Message("handbook.kpis", "Key performance indicators", zh: "关键绩效指标")
  static let kpi = Message("handbook.kpi", "Indicator", zh: "指标")
  static let target = Message("handbook.target", "Target", zh: "目标值")
  static let name = Message("handbook.name", "Name", zh: "名称")
  static let text = Message("handbook.text", "Content", zh: "内容")
  static let item = Message("handbook.item", "Item", zh: "项目")
  static let who = Message("handbook.who", "Who", zh: "执行者")
  static let yes = Message("handbook.yes", "yes", zh: "是")
  static let no = Message("handbook.no", "no", zh: "否")

  static let general = Message("handbook.general", "General", zh: "一般原则")
  static let ownership = Message("handbook.ownership", "Ownership", zh: "责任制")
  static let dispatch = Message("handbook.dispatch", "Dispatch", zh: "分派")
  static let closure = Message("handbook.closure", "Closure", zh: "关闭")
  static let notification = Message("handbook.notification", "Notification", zh: "通知")
  static let escalation = Message("handbook.escalation", "Escalation", zh: "升级")

  static let noHandbook = Message("handbook_gap.no_handbook", "There is no handbook.", zh: "尚无流程手册。")
  static let notPublished = Message("handbook_gap.not_published", "There is a draft, but no edition.", zh: "仅有草稿，尚未发布。")
  static let unreadable = Message(
    "handbook_gap.unreadable", "This version of the program cannot read it.", zh: "当前程序版本无法读取该内容。")
  static let noOwner = Message("handbook_gap.no_owner", "Nobody answers for the process.", zh: "没有流程负责人。")
  static let ownerLeft = Message("handbook_gap.owner_left", "{person}, who answers for the process, has left.", zh: "流程负责人{person}已离职。")
  static let ownerMayNotWork = Message(
    "handbook_gap.owner_may_not_work",
    "{person}, who answers for the process, may not work on its records for all customers: for what nobody has taken somebody else answers.",
    zh: "流程负责人{person}无权处理所有客户的记录：无人认领的记录由他人负责。")
  static let managerMayNotWork = Message(
    "handbook_gap.manager_may_not_work",
    "{person}, who manages the process, may not work on its records for all customers: for what nobody has taken somebody else answers.",
    zh: "流程经理{person}无权处理所有客户的记录：无人认领的记录由他人负责。")
  static let noManager = Message("handbook_gap.no_manager", "Nobody manages the process.", zh: "没有流程经理。")
  static let managerLeft = Message("handbook_gap.manager_left", "{person}, who manages the process, has left.", zh: "流程经理{person}已离职。")
  static let roleUnfilled = Message("handbook_gap.role_unfilled", "Nobody has the role “{role}”.", zh: "角色“{role}”无人担任。")
  static let personLeft = Message("handbook_gap.person_left", "{person}, who has the role “{role}”, has left.", zh: "担任角色“{role}”的{person}已离职。")
  static let reviewOverdue = Message("handbook_gap.review_overdue", "Its review was due on {day}.", zh: "应于 {day} 前复审，已逾期。")

  static func kind(_ kind: HandbookPrinciple.Kind) -> Message {
    switch kind {
    case .general: general
    case .ownership: ownership
    case .dispatch: dispatch
    case .closure: closure
    case .notification: notification
    case .escalation: escalation
    }
  }

  package static let all = [
    title, contents, foreign, edition, draft, none, left, nobody, months, month, atLeast, atMost, hours, minutes, seconds, tickets, cell, purpose,
    responsibility, owner, manager, review, reviewDue, activities, activity, roles, role, duties, people, principles, principle, form, field, meaning,
    required, codes, code, priorities, priority, gates, gate, step, asks,
    approvalOfAny, approvalOfAll, unreadable, impact, urgency, kpis, kpi, target, name, text, item, who, yes, no, general, ownership, dispatch, closure,
    notification, escalation, noHandbook, notPublished, noOwner, ownerLeft, ownerMayNotWork, noManager, managerLeft, managerMayNotWork,
    roleUnfilled, personLeft, reviewOverdue,
  ]
}

/// What the processes and the lists of codes are called.
package enum ProcessWords: MessageCatalog {
  static let incident = Message("handbook_process.incident", "Incident management", zh: "事件管理")
  static let request = Message("handbook_process.request", "Request fulfilment", zh: "请求实施")
  static let problem = Message("handbook_process.problem", "Problem management", zh: "问题管理")
  static let change = Message("handbook_process.change", "Change management", zh: "变更管理")
  static let release = Message("handbook_process.release", "Release and deployment", zh: "发布管理")
  static let event = Message("handbook_process.event", "Event management", zh: "事态管理")
  static let access = Message("handbook_process.access", "Access management", zh: "访问管理")
  static let knowledge = Message("handbook_process.knowledge", "Knowledge management", zh: "知识管理")
  static let configuration = Message("handbook_process.configuration", "Configuration management", zh: "配置管理")
  static let availability = Message("handbook_process.availability", "Availability management", zh: "可用性管理")
  static let capacity = Message("handbook_process.capacity", "Capacity management", zh: "容量管理")
  static let continuity = Message("handbook_process.continuity", "Continuity management", zh: "连续性管理")
  static let security = Message("handbook_process.security", "Information security", zh: "信息安全管理")

  static let source = Message("handbook_list.source", "Source", zh: "来源")
  static let nature = Message("handbook_list.nature", "Nature", zh: "性质")
  static let category = Message("handbook_list.category", "Category", zh: "分类")
  static let pendingReason = Message("handbook_list.pending_reason", "Pending reason", zh: "挂起原因")
  static let closureCode = Message("handbook_list.closure_code", "Closure code", zh: "结束代码")
  static let problemCause = Message("handbook_list.problem_cause", "Cause", zh: "问题原因")
  static let problemOutcome = Message("handbook_list.problem_outcome", "Outcome", zh: "问题结果")
  static let impact = Message("handbook_list.impact", "Impact", zh: "影响")
  static let urgency = Message("handbook_list.urgency", "Urgency", zh: "紧急度")
  static let priority = Message("handbook_list.priority", "Priority", zh: "优先级")

  package static func name(_ process: HandbookProcess) -> Message {
    switch process {
    case .incident: incident
    case .request: request
    case .problem: problem
    case .change: change
    case .release: release
    case .event: event
    case .access: access
    case .knowledge: knowledge
    case .configuration: configuration
    case .availability: availability
    case .capacity: capacity
    case .continuity: continuity
    case .security: security
    }
  }

  /// Nil for a list that is none.
  static func list(_ list: String) -> Message? {
    [source, nature, category, pendingReason, closureCode, problemCause, problemOutcome, impact, urgency, priority]
      .first { $0.key == "handbook_list.\(list)" }
  }

  package static let all = [
    incident, request, problem, change, release, event, access, knowledge, configuration, availability, capacity, continuity, security, source, nature,
    category, pendingReason, closureCode, problemCause, problemOutcome, impact, urgency, priority,
  ]
}
