import Kernel

/// Rules of dispatch, and teams that a customer's delivery model allows.
package enum DispatchRuleMessages: MessageCatalog {
  package static let teamNotAllowed = Message(
    "delivery_model.team_not_allowed", "{team} does not work for {customer}, whose delivery model names: {allowed}.",
    zh: "客户“{customer}”的交付模式不包含团队“{team}”，可选团队：{allowed}。")
  static let teamNotAllowedFor = Message(
    "delivery_model.team_not_allowed_for", "{team} does not work for these customers, whose delivery models name others: {customers}.",
    zh: "团队“{team}”不在以下客户的交付模式之内：{customers}。")
  static let ended = Message("dispatch_rule.ended", "The rule has ended already.", zh: "该规则已终止。")
  static let setTwice = Message("dispatch_rule.set_twice", "Somebody has just set a rule for the same.", zh: "刚刚有人为相同条件设置了规则。")

  package static let all = [teamNotAllowed, teamNotAllowedFor, ended, setTwice]
}
