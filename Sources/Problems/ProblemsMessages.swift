import Kernel

package enum ProblemMessages: MessageCatalog {
  static let wrongState = Message(
    "problem.wrong_state", "A problem that is {state} cannot do this: {step}. Possible: {allowed}.", zh: "状态为 {state} 的问题不能执行此操作：{step}。可执行：{allowed}。")
  static let nothingKnown = Message(
    "problem.nothing_known", "A known error has a cause or a workaround: record one of them first.", zh: "已知错误须有原因或临时方案：请先登记其中之一。")
  static let nothingToChange = Message("problem.nothing_to_change", "Nothing would change.", zh: "没有任何变更。")
  static let owned = Message("problem.owned", "Somebody answers for it: problem.offer hands it over.", zh: "该问题已有负责人；可用 problem.offer 移交。")
  static let ownerIsStaff = Message(
    "problem.owner_is_staff", "Only a member of the staff with a login of his own answers for a problem.", zh: "只有拥有本人账户的服务商人员可以负责问题。")
  static let notOwned = Message("problem.not_owned", "Nobody answers for it yet: take it.", zh: "该问题尚无负责人，请先认领。")
  static let notYours = Message(
    "problem.not_yours", "Only who answers for it hands it over, or who keeps the contracts of all whom it may concern (permission contract.manage).",
    zh: "只有负责人，或管理所涉及全部客户合同（权限 contract.manage）的人员可以移交。")
  static let mayNotWork = Message(
    "problem.may_not_work", "This member of the staff may not work on this problem.", zh: "该人员无权处理此问题。")
  static let ownedAlready = Message("problem.owned_already", "He answers for it already.", zh: "该人员已是负责人。")
  static let linkedAlready = Message("problem.linked_already", "The incident is linked to this problem already.", zh: "该事件已关联此问题。")
  static let notLinked = Message("problem.not_linked", "The incident is not linked to this problem.", zh: "该事件未关联此问题。")
  static let linkedTooOften = Message(
    "problem.linked_too_often", "An incident has at most {most} problems behind it.", zh: "一个事件最多关联 {most} 个问题。")
  static let ofAnother = Message(
    "problem.of_another", "The problem is about another customer; problem.widen makes it one that may concern several.",
    zh: "该问题仅涉及另一客户；可用 problem.widen 扩大其范围。")
  static let wide = Message("problem.wide", "It may concern several customers already.", zh: "该问题的范围已不限于一个客户。")
  static let namesCi = Message("problem.names_ci", "The problem names this configuration item already.", zh: "该问题已涉及此配置项。")
  static let namesNotCi = Message("problem.names_not_ci", "The problem does not name this configuration item.", zh: "该问题未涉及此配置项。")
  static let tooManyCis = Message("problem.too_many_cis", "A problem names at most {most} configuration items.", zh: "一个问题最多涉及 {most} 个配置项。")
  static let hasArticle = Message("problem.has_article", "An article tells it already.", zh: "该问题已有对应的文章。")
  static let mayNotWrite = Message("problem.may_not_write", "You may not write articles.", zh: "您无权编写文章。")

  static let servesAll = Message(
    "problem.serves_all", "A problem that may concern several customers is worked on by who serves all of them, or answers for it.",
    zh: "可能涉及多个客户的问题，只能由服务全部客户的人员或其负责人处理。")

  static let markNotResolved = Message(
    "problem_candidate.not_resolved", "Only what is resolved or closed is marked.", zh: "只有已解决或已关闭的事件可标记为问题候选。")
  static let markedAlready = Message("problem_candidate.already", "It is marked already.", zh: "该事件已是问题候选。")
  static let hasProblem = Message(
    "problem_candidate.has_problem", "A problem is behind it already: see incident.problems.", zh: "该事件已有对应的问题，参见 incident.problems。")
  static let notMarked = Message("problem_candidate.none", "It is no open candidate.", zh: "该事件不是待处理的问题候选。")

  package static let all = [
    wrongState, nothingKnown, nothingToChange, owned, ownerIsStaff, notOwned, notYours, mayNotWork, ownedAlready, linkedAlready, notLinked, linkedTooOften,
    ofAnother, wide,
    namesCi, namesNotCi, tooManyCis, hasArticle, mayNotWrite, servesAll, markNotResolved, markedAlready, hasProblem, notMarked,
  ]
}
