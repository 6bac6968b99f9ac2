import Kernel

package enum ChangeMessages: MessageCatalog {
  static let wrongState = Message(
    "change.wrong_state", "A change that is {state} cannot do this: {step}. Possible: {allowed}.", zh: "状态为 {state} 的变更不能执行此操作：{step}。可执行：{allowed}。")
  static let notPlanned = Message("change.not_planned", "This must be written before anybody is asked to agree.", zh: "提交审批前必须填写此项。")
  static let notAgreed = Message("change.not_agreed", "Not all who are asked have agreed: only an emergency begins before.", zh: "审批尚未完成：仅紧急变更可先行实施。")
  static let outsideWindow = Message("change.outside_window", "It may be done from {from} to {to} only.", zh: "仅可在 {from} 至 {to} 期间实施。")
  static let tasksOpen = Message("change.tasks_open", "Tasks are not done or skipped: success means that all are.", zh: "仍有任务未完成或未跳过，不能登记为成功。")
  static let approvalPending = Message("change.approval_pending", "Who was asked to agree has not decided.", zh: "审批尚未完成。")
  static let reviewMissing = Message(
    "change.review_missing", "An emergency, and what failed or was backed out, is looked back on first (change.review).",
    zh: "紧急、失败或已回退的变更须先完成实施后评审（change.review）。")
  static let servesAll = Message(
    "change.serves_all", "Only who may do this for all customers whom the change concerns does it.", zh: "仅对该变更涉及的全部客户均有权限的人员可执行此操作。")
  static let nothingToChange = Message("change.nothing_to_change", "Nothing would change.", zh: "没有任何变更。")
  static let keyTwice = Message("change.key_twice", "A key stands here twice.", zh: "键重复。")
  static let bandOrder = Message("change.band_order", "High must begin above medium.", zh: "高风险起点须高于中风险起点。")
  static let staffApprove = Message(
    "change.staff_approve", "Changes are approved by roles of the staff, whatever they cost: {allowed}.", zh: "变更由服务商角色审批，不按金额区分：{allowed}。")
  static let windowWhole = Message("change.window_whole", "A window has a beginning and an end.", zh: "时间窗口须同时有开始与结束。")
  static let windowOrder = Message("change.window_order", "It must end after it begins.", zh: "结束时间须晚于开始时间。")
  static let windowTooLong = Message("change.window_too_long", "It has at most {days} days.", zh: "最长 {days} 天。")
  static let windowOver = Message("change.window_over", "It is over already.", zh: "该窗口已结束。")
  static let modelNeeded = Message("change.model_needed", "A standard change is made by a model, and no other is.", zh: "标准变更须依据变更模型；其他变更不得依据。")
  static let modelNotApproved = Message("change.model_not_approved", "No version of this model is in force.", zh: "该模型没有生效的版本。")
  static let modelRetired = Message("change.model_retired", "This model is retired.", zh: "该模型已停用。")
  static let modelWrites = Message(
    "change.model_writes", "What the model says stands: plan, back-out, test, risk and tasks.", zh: "计划、回退、测试、风险与任务以变更模型为准，不可修改。")
  static let modelOther = Message(
    "change.model_other_types", "The model holds for configuration items of these types: {allowed}.", zh: "该模型仅适用于以下类型的配置项：{allowed}。")
  static let codeTaken = Message("change.code_taken", "Another model has this code.", zh: "该代码已被其他模型使用。")
  static let approvedAlready = Message("change.model_approved_already", "The newest version is in force already.", zh: "最新版本已生效。")
  static let ownModel = Message("change.own_model", "Somebody else than its author agrees to a model.", zh: "变更模型须由作者以外的人员批准。")
  static let needsPerson = Message("change.needs_person", "Only a member of the staff with a login of his own does this.", zh: "只能由拥有本人账户的服务商人员执行。")
  static let notYours = Message("change.not_yours", "This approval is for others.", zh: "该审批不属于您。")
  static let anotherIsYours = Message(
    "change.another_is_yours", "This approval is for others. Of this change you are asked by another one: {approval} (change_approval.list).",
    zh: "该审批不属于您。此变更待您审批的是 {approval}（见 change_approval.list）。")
  static let ownChange = Message(
    "change.own_change", "Nobody approves a change that he opened, wrote, judged, submitted, does or answers for.", zh: "不能审批本人提出、编写、评估、提交、实施或负责的变更。")
  static let agreedAlready = Message("change.agreed_already", "You have agreed to this change already: somebody else must as well.", zh: "您已同意该变更，须由其他人员再行审批。")
  static let mayNot = Message("change.may_not", "This member of the staff may not do that for all customers whom it concerns.", zh: "该人员对所涉及的全部客户并非均有相应权限。")
  static let reassignedToOwn = Message(
    "change.reassigned_to_own", "It cannot go to who had a part in the change, who has agreed already, or to yourself.", zh: "不能转给参与该变更者、已同意者或您本人。")
  static let mayNotSuppress = Message(
    "change.may_not_suppress",
    "Alerts of what it touches are expected within its window (suppressAlerts): who says so, or of what and when, may announce maintenance windows of all customers whom it concerns (permission {permission}).",
    zh: "该变更在其窗口内抑制所涉配置项的告警（suppressAlerts）：设定此项、其配置项或窗口者，须对所涉及的全部客户有登记维护窗口的权限（权限 {permission}）。")
  static let ownedAlready = Message("change.owned_already", "He answers for it already.", zh: "该人员已是负责人。")
  static let namesCi = Message("change.names_ci", "The change names this configuration item already.", zh: "该变更已涉及此配置项。")
  static let namesNotCi = Message("change.names_not_ci", "The change does not name this configuration item.", zh: "该变更未涉及此配置项。")
  static let tooManyCis = Message("change.too_many_cis", "A change names at most {most} configuration items.", zh: "一个变更最多涉及 {most} 个配置项。")
  static let notConcerned = Message("change.not_concerned", "It does not concern this customer.", zh: "该变更未涉及此客户。")
  static let stillConcerned = Message(
    "change.still_concerned",
    "It concerns this customer still: it touches a configuration item of his or one that affects him, is to resolve something of his, or he was told of it.",
    zh: "该变更仍涉及此客户：涉及其配置项或影响其的共享配置项，或用于解决其事件或问题，或已通知该客户。")
  static let concerned = Message("change.concerned", "It concerns this customer already.", zh: "该变更已涉及此客户。")
  static let affectsNobodyElse = Message(
    "change.affects_nobody_else", "It concerns all already whom what rests on its shared configuration items affects. See change.affected.",
    zh: "依赖其所涉共享配置项的对象未影响其他客户。参见 change.affected。")
  static let affectsTooMany = Message(
    "change.affects_too_many",
    "More than {most} customers are affected by what rests on its shared configuration items: name those that affect them (change.add_ci).",
    zh: "依赖其所涉共享配置项的对象影响超过 {most} 个客户，请直接添加影响这些客户的配置项（change.add_ci）。")
  static let servicesTaken = Message(
    "change.services_taken", "The services that the walk finds are recorded already, or it finds none. See change.affected.",
    zh: "影响分析得出的服务均已登记，或未得出任何服务。参见 change.affected。")
  static let linkedAlready = Message("change.linked_already", "They are linked already.", zh: "两者已关联。")
  static let notLinked = Message("change.not_linked", "They are not linked.", zh: "两者未关联。")
  static let refused = Message(
    "change.refused", "It was refused: who manages changes and had no part in it lets it stand.", zh: "该变更已被拒绝：须由有变更管理权限且未参与者处理。")
  static let emergencyReason = Message(
    "change.emergency_reason", "An emergency is linked to an incident (change.link_incident) before it is submitted, unless who manages changes submits it.",
    zh: "紧急变更提交前须关联事件（change.link_incident），由变更管理人员提交者除外。")
  static let questionsChanged = Message("change.questions_changed", "The questions of risk are others now: assess it again.", zh: "风险问卷已修订，请重新评估。")
  static let modelReplaced = Message(
    "change.model_replaced", "This version of its model is not in force any more: open another change.", zh: "所依据的模型版本已失效，请新建变更。")
  static let modelNeedsCi = Message(
    "change.model_needs_ci", "A change by this model names a configuration item at least, of these types: {allowed}.", zh: "该模型适用于以下类型的配置项，至少须填写一个：{allowed}。")
  static let modelNotShared = Message("change.model_not_shared", "The model does not hold for what the provider shares.", zh: "该模型不适用于服务商共享的配置项。")
  static let highUnasked = Message(
    "change.high_unasked", "A high risk is always agreed to, by somebody else.", zh: "高风险变更须经他人审批。")
  static let concernsMore = Message(
    "change.concerns_more", "Its shared configuration items affect more customers than when it was agreed to: revise it.", zh: "其共享配置项所影响的客户比审批时更多，请退回修订。")
  static let ownerMissing = Message(
    "change.owner_missing", "Somebody answers for it first (change.take, change.assign).", zh: "须先指定负责人（change.take、change.assign）。")
  static let owned = Message("change.owned", "Somebody answers for it already: change.offer hands it over.", zh: "已有负责人，可用 change.offer 移交。")
  static let notOwners = Message(
    "change.not_owners", "Only who answers for it hands it over, or who manages changes (permission change.manage).", zh: "只有负责人或变更管理人员（权限 change.manage）可以移交。")
  static let releaseSigned = Message("change.release_signed", "It goes out with a release that is signed off.", zh: "该变更属于已签发的发布。")
  static let frozen = Message(
    "change.frozen", "Its window lies in a freeze, until {until}: {reason}. Who may (change.override_freeze) lets it pass with a reason.",
    zh: "其时间窗口处于冻结期（至 {until}）：{reason}。有权限者可说明理由后放行（change.override_freeze）。")

  package static let all = [
    wrongState, notPlanned, notAgreed, outsideWindow, tasksOpen, approvalPending, reviewMissing, servesAll, nothingToChange, keyTwice, bandOrder,
    staffApprove, windowWhole, windowOrder, windowTooLong, windowOver, modelNeeded, modelNotApproved, modelRetired, modelWrites, modelOther, codeTaken,
    approvedAlready, ownModel, needsPerson, notYours, anotherIsYours, ownChange, agreedAlready, mayNot, mayNotSuppress, reassignedToOwn, ownedAlready, namesCi,
    namesNotCi,
    tooManyCis,
    concerned, notConcerned, stillConcerned, affectsNobodyElse, affectsTooMany, servicesTaken, linkedAlready, notLinked, frozen, refused, emergencyReason,
    questionsChanged,
    modelReplaced, modelNeedsCi,
    modelNotShared, highUnasked,
    concernsMore, ownerMissing, owned, notOwners, releaseSigned,
  ]
}
