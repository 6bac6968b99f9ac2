import Kernel

package enum EscalationMessages: MessageCatalog {
  static let nameTaken = Message("escalation_rule.name_taken", "There is an escalation rule of this name already.", zh: "已有同名的升级规则。")
  static let retired = Message("escalation_rule.retired", "The escalation rule is retired.", zh: "该升级规则已停用。")
  static let nothingToChange = Message("escalation_rule.nothing_to_change", "Nothing would change.", zh: "没有任何变更。")
  static let oneTrigger = Message(
    "escalation_rule.one_trigger", "Say what sets it off: either percent, a share of a promise, or ageMinutes.",
    zh: "请指定触发条件：percent（承诺时限已用百分比）或 ageMinutes（打开分钟数），二者取一。")
  static let metricOfPromises = Message(
    "escalation_rule.metric_of_promises", "Only a share of a promise (percent) has a metric.", zh: "仅按承诺时限百分比（percent）触发时可指定指标。")
  static let agreementOfPromises = Message(
    "escalation_rule.agreement_of_promises", "Only a share of a promise (percent) is of an OLA (ola) or an underpinning contract (uc).",
    zh: "仅按承诺时限百分比（percent）触发时可指定 OLA（ola）或支撑合同（uc）。")
  static let noAct = Message(
    "escalation_rule.no_act", "Say what is done: toTeam, staff or leads.", zh: "请指定升级动作：toTeam（转派团队）、staff（通知人员）或 leads（通知团队负责人）。")
  static let sameTeam = Message("escalation_rule.same_team", "A team's tickets cannot go to that team.", zh: "不能将团队的工单升级给同一团队。")
  static let calendarOfAnother = Message(
    "escalation_rule.calendar_of_another", "This calendar is for one customer alone: name that customer in the rule.", zh: "该日历仅限某一客户使用：请在规则中指定该客户。")

  static let ageAlone = Message(
    "escalation_rule.age_alone", "Customers are promised times for incidents and requests alone: give ageMinutes.", zh: "仅事件与请求有承诺时限：请填写 ageMinutes。")
  static let noTurns = Message(
    "escalation_rule.no_turns", "Teams (ola) and suppliers (uc) promise times for incidents alone: leave agreement out, or give sla.",
    zh: "OLA（ola）与支撑合同（uc）的时限仅适用于事件：请不填 agreement 或填写 sla。")
  static let noPriority = Message("escalation_rule.no_priority", "Nothing in this process has a priority.", zh: "该流程没有优先级。")
  static let noTeam = Message(
    "escalation_rule.no_team", "Rules of this process neither ask for a team nor give anything to one: name staff.", zh: "该流程的规则不涉及团队：请指定 staff。")

  package static let all = [
    ageAlone, noTurns, noPriority, noTeam, nameTaken, retired, nothingToChange, oneTrigger, metricOfPromises, agreementOfPromises, noAct, sameTeam,
    calendarOfAnother,
  ]
}
