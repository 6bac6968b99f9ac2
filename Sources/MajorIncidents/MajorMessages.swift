import Kernel

package enum MajorMessages: MessageCatalog {
  static let wrongState = Message(
    "major_incident.wrong_state", "A major incident that is {state} cannot do this: {step}. Possible: {allowed}.",
    zh: "状态为 {state} 的重大事件不能执行此操作：{step}。可执行：{allowed}。")
  static let servesEach = Message(
    "major_incident.serves_each", "Only who may work on the incidents of all customers of a major incident acts on it.", zh: "仅对该重大事件涉及的全部客户均有事件处理权限的人员可执行此操作。")
  static let nothingToChange = Message("major_incident.nothing_to_change", "Nothing would change.", zh: "没有任何变更。")
  static let mayNotLead = Message(
    "major_incident.may_not_lead", "This member of the staff may not work on major incidents and incidents of all customers whom it concerns.",
    zh: "该人员对所涉及的全部客户并非均有处理重大事件与事件的权限。")
  static let leadMayNot = Message(
    "major_incident.lead_may_not", "The lead may not work on this customer's incidents: it is led by another first (major_incident.offer).",
    zh: "负责人无权处理该客户的事件，请先移交给他人（major_incident.offer）。")
  static let leadsAlready = Message("major_incident.leads_already", "He leads it already.", zh: "该人员已是负责人。")
  static let led = Message("major_incident.led", "Somebody leads it already: major_incident.offer hands it over.", zh: "已有负责人，可用 major_incident.offer 移交。")
  static let leadMissing = Message(
    "major_incident.lead_missing", "Somebody leads it first (major_incident.take, major_incident.assign).",
    zh: "须先指定负责人（major_incident.take、major_incident.assign）。")
  static let notLeads = Message(
    "major_incident.not_leads", "Only who leads it hands it over, or who manages the contracts of all its customers (permission contract.manage).",
    zh: "只有负责人，或管理其全部客户合同（权限 contract.manage）的人员可以移交。")
  static let needsPerson = Message(
    "major_incident.needs_person", "Only a member of the staff with a login of his own does this.", zh: "只能由拥有本人账户的服务商人员执行。")
  static let linkedElsewhere = Message(
    "major_incident.linked", "The incident is part of a major incident already.", zh: "该事件已属于某个重大事件。")
  static let notLinked = Message("major_incident.not_linked", "The incident is not part of this major incident.", zh: "该事件不属于此重大事件。")
  static let incidentOver = Message(
    "major_incident.incident_over", "The incident is over or was merged: link one that goes on.", zh: "该事件已结束或已合并，请关联仍在处理的事件。")

  package static let all = [
    wrongState, servesEach, nothingToChange, mayNotLead, leadMayNot, leadsAlready, led, leadMissing, notLeads, needsPerson, linkedElsewhere, notLinked,
    incidentOver,
  ]
}
