import Kernel

package enum CatalogMessages: MessageCatalog {
  package static let codeTaken = Message("catalog.code_taken", "This code is taken already.", zh: "此代码已被使用。")
  static let badCode = Message(
    "catalog.bad_code", "A code is 2 to 24 capital letters, digits and hyphens, a letter first.", zh: "代码由 2 到 24 个大写字母、数字和连字符组成，以字母开头。")
  static let nothingToChange = Message("catalog.nothing_to_change", "Say what is to change.", zh: "请指明要更改的内容。")
  static let changedMeanwhile = Message(
    "catalog.changed_meanwhile", "The catalogue was changed since the plan was made. Look at the plan again.", zh: "目录在计划生成后已被更改。请重新查看计划。")

  static let needsStage = Message("service.needs_stage", "Give the day on which a stage of its life began.", zh: "请填写至少一个生命周期阶段的开始日期。")
  static let needsBegun = Message(
    "service.needs_begun", "One stage at least must have begun: what is still ahead is announced behind it.", zh: "至少须有一个阶段已经开始；尚未到来的阶段列于其后。")
  static let stageOrder = Message("service.stage_order", "A stage cannot begin before an earlier one.", zh: "阶段不能早于前一阶段开始。")
  static let stageAhead = Message("service.stage_ahead", "This stage has begun, on {day}: its day cannot lie ahead.", zh: "该阶段已于 {day} 开始，日期不能晚于今天。")
  static let stageBegun = Message(
    "service.stage_begun", "{stage} began on {day}; only a stage that lies ahead can be cancelled.", zh: "{stage} 已于 {day} 开始；只能取消尚未到来的阶段。")
  static let stagePassed = Message(
    "service.stage_passed", "A service in the stage {stage} cannot go to {next}.", zh: "处于 {stage} 阶段的服务不能转入 {next}。")
  static let stageNotReached = Message("service.stage_not_reached", "The service has no day for this stage.", zh: "该服务没有此阶段的日期。")
  static let stageFixed = Message("service.stage_fixed", "{stage} began on {day}; a stage cannot be undone.", zh: "{stage} 已于 {day} 开始，不可撤销。")
  static let notInCatalogue = Message(
    "service.not_in_catalogue", "The service {code} is not in the catalogue: it is {state}.", zh: "服务 {code} 不在目录中：当前为 {state}。")
  static let unknownCustomer = Message("service.unknown_customer", "There is no customer {code}.", zh: "没有代码为 {code} 的客户。")
  static let onlyForStays = Message(
    "service.only_for", "Whom a service is for was fixed when it was recorded (only for: {recorded}).", zh: "服务的适用客户在登记时已确定（仅供：{recorded}）。")
  static let circle = Message("service.circle", "The dependencies would go in a circle: {path}.", zh: "依赖关系将形成循环：{path}。")
  static let dependsOnItself = Message("service.depends_on_itself", "A service cannot depend on itself.", zh: "服务不能依赖自身。")
  static let needsDesigned = Message(
    "service.needs_designed", "{code} was designed for one customer: only services for that one can depend on it.", zh: "{code} 专为某一客户设计：仅该客户的专属服务可依赖它。")
  static let dependsAlready = Message("service.depends_already", "The service depends on it already.", zh: "已存在此依赖关系。")
  static let dependsNot = Message("service.depends_not", "The service does not depend on it.", zh: "不存在此依赖关系。")
  static let unknownCode = Message("catalog.unknown_code", "There is nothing with the code {code}.", zh: "没有代码为 {code} 的条目。")

  static let badTransition = Message(
    "offering.bad_transition", "An offering that is {state} cannot do this: {event}. Possible: {allowed}.",
    zh: "状态为 {state} 的服务项不能执行此操作：{event}。可执行：{allowed}。")
  static let noDraft = Message("offering.no_draft", "There is no draft to publish: write one first (offering.draft).", zh: "没有可发布的草稿：请先编写（offering.draft）。")
  static let noVersion = Message("offering.no_version", "There is no version {version}: the newest is {newest}.", zh: "没有版本 {version}：最新版本为 {newest}。")
  static let notPublished = Message(
    "offering.not_published", "{code} has no published version that could be compared.", zh: "{code} 尚无已发布版本，无法比较。")
  static let unknownTeam = Message("offering.unknown_team", "There is no team {team}.", zh: "没有名为 {team} 的团队。")
  static let unknownLevel = Message(
    "offering.unknown_level", "The priority matrix has no level {number}. It has: {levels}.", zh: "优先级矩阵中没有级别 {number}，现有：{levels}。")
  static let oneBudget = Message("offering.one_budget", "A target has budgetSeconds or businessDays, not both.", zh: "目标只能填写 budgetSeconds 与 businessDays 之一。")
  static let emptyTarget = Message(
    "offering.empty_target", "A target needs a budget, an objective or a note.", zh: "目标须填写时限、达标率或说明之一。")
  static let unknownCurrency = Message("offering.unknown_currency", "There is no currency {code} in ISO 4217.", zh: "ISO 4217 中没有货币 {code}。")
  static let badAmount = Message(
    "offering.bad_amount", "This must be an amount of {currency}, zero or more, with at most {decimals} decimals.",
    zh: "必须是不小于零的 {currency} 金额，最多 {decimals} 位小数。")
  static let rolesOfApproval = Message(
    "offering.approval_roles", "An approval needs approvers (or roles, by name alone), and the rule none has neither these nor a value.",
    zh: "审批须填写审批人（approvers，或仅以名称填写 roles）；规则为 none 时均不得填写，也不得填写金额。")
  static let valueAndCurrency = Message("offering.approval_value", "A value needs its currency, and the other way round.", zh: "金额与货币须同时填写。")

  static let rolesOrApprovers = Message("offering.roles_or_approvers", "Give roles or approvers, not both.", zh: "roles 与 approvers 只能填写其一。")
  static let roleOrAnswer = Message("offering.role_or_answer", "An approver has a role or an answer, one of them.", zh: "审批人须填写 role 或 answer 之一。")
  static let escalatesNot = Message("offering.escalates_not", "Only what escalates goes to somebody else.", zh: "仅在逾期升级（escalate）时填写。")
  static let oneResource = Message(
    "offering.one_resource", "Access is to a resource or to what an answer names, one of them.", zh: "须填写 resource 或 resourceAnswer 之一。")
  static let noSuchField = Message(
    "offering.no_such_field", "The form has no field {key} of this type: {types}.", zh: "表单中没有此类型（{types}）的字段 {key}。")
  static let accessOfOneTask = Message(
    "offering.access_of_one_task", "One task carries the access, and only where the offering is about access.", zh: "仅涉及访问权限的服务项可标记一项任务为授权任务。")
  static let countsNothing = Message(
    "offering.counts_nothing", "{key} counts what is ordered: it must be required, always shown, and at least 1.",
    zh: "{key} 为申请数量：必须必填、始终显示且不小于 1。")

  static let badKey = Message(
    "form.bad_key", "A key has small letters, digits and _, a letter first.", zh: "键由小写字母、数字和下划线组成，以字母开头。")
  static let keyTwice = Message("form.key_twice", "There is already a field {key}.", zh: "已有字段 {key}。")
  static let notBounded = Message("form.not_bounded", "Only a text or a number has limits.", zh: "只有文本和数字可设范围。")
  static let badBounds = Message("form.bad_bounds", "The limits leave nothing that could be answered.", zh: "此范围内没有可填写的值。")
  static let choicesOfChoice = Message("form.choices", "A choice has choices, and nothing else has.", zh: "选择类型必须有选项，其他类型不得有选项。")
  static let choiceTwice = Message("form.choice_twice", "There is already a choice {value}.", zh: "已有选项 {value}。")
  static let badCondition = Message(
    "form.bad_condition", "This must be an earlier field that is a choice, a number, or yes or no.", zh: "必须是此前的选择、数字或是否类型字段。")
  static let neverShown = Message("form.never_shown", "{field} is never answered so: the field would never be shown.", zh: "{field} 不可能有此答案：该字段永远不会显示。")

  static let needsAnswer = Message("answer.required", "This must be answered.", zh: "必须填写此项。")
  static let notAsked = Message("answer.not_asked", "This is not asked here.", zh: "此处不需要填写此项。")
  static let wrongType = Message("answer.type", "This must be: {expected}.", zh: "此处的类型必须是：{expected}。")
  static let badLength = Message("answer.length", "This must have {least} to {most} characters.", zh: "长度必须在 {least} 到 {most} 个字符之间。")
  static let blank = Message("answer.blank", "This must not be blank.", zh: "不能只包含空白字符。")
  static let outOfRange = Message("answer.range", "This must be from {least} to {most}.", zh: "取值必须在 {least} 到 {most} 之间。")
  static let notAChoice = Message("answer.choice", "This must be one of: {allowed}.", zh: "必须是下列之一：{allowed}。")
  package static let unknownPerson = Message("answer.person", "There is no such person, or you may not see them.", zh: "人员不存在，或您无权查看。")

  static let repeated = Message("catalogue.repeated", "The code {code} stands in the file twice.", zh: "代码 {code} 在文件中重复。")
  static let otherService = Message(
    "catalogue.other_service", "The offering {code} belongs to the service {service}, and stays there.", zh: "服务项 {code} 属于服务 {service}，不可移动。")
  static let retiredStays = Message("catalogue.retired", "{code} is retired, and stays as it is.", zh: "{code} 已停用，不可变更。")
  static let retiredChanges = Message(
    "catalogue.retired_changes", "{code} is to be retired, and differs besides: {fields}. What is retired stays as it was.",
    zh: "{code} 将停用，但其他内容也有差异：{fields}。停用的服务项保持原样。")
  static let publishedStays = Message(
    "catalogue.published", "{code} is published: it can be retired, but not be a draft again.", zh: "{code} 已发布：只能停用，不能恢复为草稿。")
  static let unknownFamily = Message("catalogue.unknown_family", "There is no family with this code.", zh: "没有此代码的服务族。")

  package static let all =
    [
      codeTaken, badCode, nothingToChange, changedMeanwhile, needsStage, needsBegun, stageOrder, stageAhead, stageBegun, stagePassed, stageNotReached,
      stageFixed, notInCatalogue, unknownCustomer, onlyForStays, noVersion, notPublished,
      circle, dependsOnItself, needsDesigned, dependsAlready, dependsNot, unknownCode,
      badTransition, noDraft, unknownTeam, unknownLevel, oneBudget, emptyTarget, unknownCurrency, badAmount,
      rolesOfApproval,
      valueAndCurrency, badKey, keyTwice, notBounded, badBounds, choicesOfChoice, choiceTwice, badCondition, neverShown, needsAnswer, notAsked, wrongType,
      badLength, blank, outOfRange, notAChoice, unknownPerson, repeated, otherService,
      rolesOrApprovers, roleOrAnswer, escalatesNot, oneResource, noSuchField, countsNothing, accessOfOneTask,
      retiredStays, retiredChanges,
      publishedStays, unknownFamily,
    ]
}
