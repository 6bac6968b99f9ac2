import Kernel

package enum GateMessages: MessageCatalog {
  static let stopped = Message(
    "gate.stopped",
    "A gate stands before this: {gate} ({id}). Missing: {missing}. Owner: {owner}. It lets pass what has all of it, or what somebody who may bypass it lets pass with a reason ({process}.bypass_gate); {process}.gates tells more.",
    zh: "此操作前设有关卡：{gate}（{id}）。缺少：{missing}。负责人：{owner}。补全后即可通过，或由有权人员说明理由后放行（{process}.bypass_gate）；详见 {process}.gates。")
  static let stoppedOpening = Message(
    "gate.stopped_opening",
    "A gate stands before this, and no incident was recorded: {gate} ({id}). Missing: {missing}. Owner: {owner}. Give what is missing, or let somebody who may bypass the gate open it, with bypass and the reason; openedAt says when it was reported.",
    zh: "此操作前设有关卡，事件尚未记录：{gate}（{id}）。缺少：{missing}。负责人：{owner}。请补全缺少的内容，或由有放行权限的人员在创建时以 bypass 说明理由；实际报告时间请填写 openedAt。")
  static let mayNotBypass = Message(
    "gate.may_not_bypass", "You may not let anything pass a gate (permission {permission}).", zh: "您无权放行关卡（权限 {permission}）。")
  static let fieldMissing = Message(
    "gate.field_missing", "The gate {gate} asks for this field. Its purpose: {purpose}", zh: "关卡“{gate}”要求填写此项。目的：{purpose}")
  static let itemMissing = Message(
    "gate.item_missing", "The gate {gate} asks whether this is done: {item} ({name}). Name it in checked. Its purpose: {purpose}",
    zh: "关卡“{gate}”要求确认已完成：{item}（{name}）。请在 checked 中列出。目的：{purpose}")
  static let evidenceMissing = Message(
    "gate.evidence_missing", "The gate {gate} asks for evidence: {evidence}. Its purpose: {purpose}", zh: "关卡“{gate}”要求提供依据：{evidence}。目的：{purpose}")
  static let fileMissing = Message(
    "gate.file_missing", "The gate {gate} asks for evidence: {evidence}. Attach it, and name it in files. Its purpose: {purpose}",
    zh: "关卡“{gate}”要求提供依据：{evidence}。请添加附件并在 files 中列出。目的：{purpose}")
  static let noSuchFile = Message(
    "gate.no_such_file", "There is no such file on this, or it was deleted: name one that is attached to it (attachment.list).",
    zh: "该工单没有此附件，或附件已删除：请填写其现有附件（attachment.list）。")
  static let staffOnly = Message("gate.staff_only", "Gates are for the provider's staff.", zh: "关卡仅适用于服务商人员。")
  static let notAsked = Message("gate.not_asked", "No gate before this asks for it. Asked for: {allowed}.", zh: "此操作前没有关卡要求此项。所要求的有：{allowed}。")
  static let bypassedAlready = Message("gate.bypassed_already", "Somebody has let this pass here already.", zh: "已有人放行通过此关卡。")
  static let oneKind = Message(
    "gate.one_kind", "A gate asks for one kind of thing: give fields (with attributes), checklist, evidence or approval.",
    zh: "一个关卡只要求一类内容：请填写 fields（可含 attributes）、checklist、evidence 或 approval 之一。")
  static let neverThere = Message("gate.never_there", "Before this step that cannot be there. Possible: {allowed}.", zh: "在该步骤之前不可能具备此项。可用：{allowed}。")
  static let noPriority = Message(
    "gate.no_priority", "Nothing in this process has a priority: give priority for steps of incidents, requests and problems.",
    zh: "该流程没有优先级：priority 仅用于事件、请求与问题的步骤。")
  static let noAttributesBefore = Message(
    "gate.no_attributes_before", "Nobody can tell custom attributes any more before this step: give attributes for an earlier one.",
    zh: "到该步骤时已不能填写自定义属性：attributes 请用于更早的步骤。")
  static let noApprovalBefore = Message(
    "gate.no_approval_before", "Nobody can agree to what is not recorded yet: put it before a later step.", zh: "尚未登记的内容无法审批：请设在后续步骤前。")
  static let approverMayNot = Message(
    "gate.approver_may_not", "Who is asked is an active member of the staff with permission {permission} for those for whom the gate holds.",
    zh: "审批人须为在职的服务商人员，且对关卡所适用的客户具有权限 {permission}。")
  static let approvalAsked = Message(
    "gate.approval_asked", "The gate {gate} asks for an approval. These are asked now: {approvers}. Try again when it is given. Its purpose: {purpose}",
    zh: "关卡“{gate}”要求审批，现已请求：{approvers}。获批后请再次操作。目的：{purpose}")
  static let approvalNobody = Message(
    "gate.approval_nobody",
    "The gate {gate} asks for an approval, and nobody is left who could give it: who is named has left, may not decide on this any more, or would approve what he does himself. Its purpose: {purpose}",
    zh: "关卡“{gate}”要求审批，但已无人可审批：指定人员已离职、已无权审批此事项，或即为操作人本人。目的：{purpose}")
  static let approvalWaits = Message(
    "gate.approval_waits", "The gate {gate} waits for an approval by {approvers}. Its purpose: {purpose}", zh: "关卡“{gate}”正在等待审批：{approvers}。目的：{purpose}")
  static let approvalLater = Message(
    "gate.approval_later", "The gate {gate} asks for an approval; it is asked for once nothing else is missing. Its purpose: {purpose}",
    zh: "关卡“{gate}”要求审批；其他内容补全后才会请求审批。目的：{purpose}")
  static let approvalUnrecorded = Message(
    "gate.approval_unrecorded", "The gate {gate} asks for an approval: record the incident first, and take the step afterwards. Its purpose: {purpose}",
    zh: "关卡“{gate}”要求审批：请先登记事件，再执行该步骤。目的：{purpose}")
  static let approvalRefused = Message(
    "gate.approval_refused",
    "{approvers} refused at the gate {gate}, with the reason “{reason}”. Who tries again once that is settled asks again. Its purpose: {purpose}",
    zh: "关卡“{gate}”：{approvers}已拒绝，理由为“{reason}”。处理后再次操作将重新请求审批。目的：{purpose}")
  static let approvalExpired = Message(
    "gate.approval_expired", "{approvers} did not decide in time at the gate {gate}. Who tries again asks again. Its purpose: {purpose}",
    zh: "关卡“{gate}”：{approvers}未在时限内决定。再次操作将重新请求审批。目的：{purpose}")
  static let handedToOwn = Message(
    "gate.handed_to_own",
    "It goes to nobody whose word would not count: not to oneself, who takes the step, who has agreed already, or who is asked himself where all must agree.",
    zh: "不得交由其决定无效者：本人、操作人、已同意者，或须全部同意时同被请求审批者。")
  static let approvalOwn = Message(
    "gate.approval_own", "You have agreed to this yourself at the gate {gate}: somebody else takes the step. Its purpose: {purpose}",
    zh: "您本人已在关卡“{gate}”同意：须由其他人员执行该步骤。目的：{purpose}")
  static let approvalNoPerson = Message(
    "gate.approval_no_person",
    "The gate {gate} asks for an approval by somebody else than who takes the step: a member of the staff with a login of his own takes it, no program and not the command line. Its purpose: {purpose}",
    zh: "关卡“{gate}”要求由操作人以外的人员审批：须由拥有本人账户的服务商人员执行该步骤，程序与命令行不可执行。目的：{purpose}")
  static let ownWork = Message("gate.own_work", "Nobody approves what he does himself here.", zh: "此处不能审批本人的操作。")
  static let needsPerson = Message("gate.needs_person", "Only a person with a login of his own decides this.", zh: "只能由拥有本人账户的人员决定。")
  static let agreedAlready = Message("gate.agreed_already", "You have agreed to this already: somebody else must as well.", zh: "您已同意，须由其他人员再行审批。")
  static let stayEnded = Message("gate.stay_ended", "It waits at the gate no more: there is nothing to decide.", zh: "该事项已不在此关卡等待，无需决定。")
  static let twice = Message("gate.twice", "This stands here twice.", zh: "此项重复。")
  static let inThePast = Message("gate.in_the_past", "A gate begins to hold now or later.", zh: "关卡的生效时间不得早于当前时间。")
  static let ownerIsStaff = Message("gate.owner_is_staff", "An active member of the staff with a login answers for a gate.", zh: "关卡负责人须为在职的服务商人员。")
  static let servesAll = Message("gate.serves_all", "A gate for all customers is for who serves all customers.", zh: "面向全部客户的关卡仅可由服务全部客户的人员管理。")
  static let retired = Message("gate.retired", "This gate is retired.", zh: "该关卡已停用。")
  static let tooMany = Message("gate.too_many", "At most {most} gates stand before one step.", zh: "同一步骤前最多设置 {most} 个关卡。")
  static let nothingToChange = Message("gate.nothing_to_change", "Say what is to be changed.", zh: "请说明要修改的内容。")
  static let period = Message("gate.period", "A period ends after it begins and has at most {days} days.", zh: "期间的结束须晚于开始，且最长 {days} 天。")

  package static let all = [
    stopped, stoppedOpening, mayNotBypass, fieldMissing, itemMissing, evidenceMissing, fileMissing, noSuchFile, staffOnly, notAsked, bypassedAlready, oneKind,
    neverThere, twice,
    inThePast, ownerIsStaff,
    noPriority, noAttributesBefore, noApprovalBefore, approverMayNot, approvalAsked, approvalNobody, approvalWaits, approvalLater,
    approvalUnrecorded, approvalRefused, approvalExpired, handedToOwn, approvalOwn, approvalNoPerson, ownWork, needsPerson, agreedAlready, stayEnded,
    servesAll, retired, tooMany, nothingToChange, period,
  ]

  /// How it is told why a gate that asks for an approval does not let something pass, with what goes into the words.
  static func approval(_ stop: ApprovalStop) -> (Message, [String: String]) {
    switch stop {
    case .unrecorded: (approvalUnrecorded, [:])
    case .later: (approvalLater, [:])
    case .asks(let names): names.isEmpty ? (approvalNobody, [:]) : (approvalAsked, ["approvers": names.joined(separator: ", ")])
    case .waits(let names): (approvalWaits, ["approvers": names.joined(separator: ", ")])
    case .refused(let name, let reason): (approvalRefused, ["approvers": name, "reason": reason])
    case .expired(let names): (approvalExpired, ["approvers": names.joined(separator: ", ")])
    case .own: (approvalOwn, [:])
    case .noPerson: (approvalNoPerson, [:])
    }
  }
}
