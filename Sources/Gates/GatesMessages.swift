import Kernel

package enum GateMessages: MessageCatalog {
  static let stopped = Message(
    "gate.stopped",
    "A gate stands before this: {gate} ({id}). Missing: {missing}. Owner: {owner}. It lets pass what has all of it, or what somebody who may bypass it lets pass with a reason (incident.bypass_gate); incident.gates tells more.",
    zh: "此操作前设有关卡：{gate}（{id}）。缺少：{missing}。负责人：{owner}。补全后即可通过，或由有权人员说明理由后放行（incident.bypass_gate）；详见 incident.gates。")
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
  static let staffOnly = Message("gate.staff_only", "Gates are for the provider's staff.", zh: "关卡仅适用于服务商人员。")
  static let notAsked = Message("gate.not_asked", "No gate before this asks for it. Asked for: {allowed}.", zh: "此操作前没有关卡要求此项。所要求的有：{allowed}。")
  static let bypassedAlready = Message("gate.bypassed_already", "Somebody has let this incident pass here already.", zh: "已有人放行该事件通过此关卡。")
  static let oneKind = Message(
    "gate.one_kind", "A gate asks for one kind of thing: give fields, checklist or evidence.", zh: "一个关卡只要求一类内容：请填写 fields、checklist 或 evidence 之一。")
  static let neverThere = Message("gate.never_there", "Before this step that cannot be there. Possible: {allowed}.", zh: "在该步骤之前不可能具备此项。可用：{allowed}。")
  static let twice = Message("gate.twice", "This stands here twice.", zh: "此项重复。")
  static let inThePast = Message("gate.in_the_past", "A gate begins to hold now or later.", zh: "关卡的生效时间不得早于当前时间。")
  static let ownerIsStaff = Message("gate.owner_is_staff", "An active member of the staff with a login answers for a gate.", zh: "关卡负责人须为在职的服务商人员。")
  static let servesAll = Message("gate.serves_all", "A gate for all customers is for who serves all customers.", zh: "面向全部客户的关卡仅可由服务全部客户的人员管理。")
  static let retired = Message("gate.retired", "This gate is retired.", zh: "该关卡已停用。")
  static let tooMany = Message("gate.too_many", "At most {most} gates stand before one step.", zh: "同一步骤前最多设置 {most} 个关卡。")
  static let nothingToChange = Message("gate.nothing_to_change", "Say what is to be changed.", zh: "请说明要修改的内容。")
  static let period = Message("gate.period", "A period ends after it begins and has at most {days} days.", zh: "期间的结束须晚于开始，且最长 {days} 天。")

  package static let all = [
    stopped, stoppedOpening, mayNotBypass, fieldMissing, itemMissing, evidenceMissing, staffOnly, notAsked, bypassedAlready, oneKind, neverThere, twice,
    inThePast, ownerIsStaff,
    servesAll, retired, tooMany, nothingToChange, period,
  ]
}
