import Kernel

/// The words in which the choice of a line and of its targets is told.
enum ResolutionWords: MessageCatalog {
  static let noLine = Message("resolution.no_line", "No line in force: nothing is promised.", zh: "没有生效的合同行：无任何承诺。")
  static let forOthers = Message(
    "resolution.for_others", "No line in force is for this: those that are cover {others}. Name the unit, the requester or the service, where there is one.",
    zh: "生效的合同行均不适用于此：仅覆盖{others}。如有，请指明单位、请求人或服务。")
  static let otherUnits = Message("resolution.other_units", "other units", zh: "其他单位")
  static let otherPersons = Message("resolution.other_persons", "other persons", zh: "其他人员")
  static let otherServices = Message("resolution.other_services", "other services", zh: "其他服务")
  static let otherCis = Message("resolution.other_cis", "other configuration items", zh: "其他配置项")
  static let line = Message("resolution.line", "Line “{line}” of “{contract}”: {reason}.", zh: "合同“{contract}”的合同行“{line}”：{reason}。")
  static let promised = Message(
    "resolution.promised", "{target}: {budget} by “{calendar}”, because it names {named}.", zh: "{target}：{budget}，按“{calendar}”计；因其指定了{named}。")
  static let promisedToAny = Message(
    "resolution.promised_to_any", "{target}: {budget} by “{calendar}”; no target is more specific.", zh: "{target}：{budget}，按“{calendar}”计；没有更具体的目标。")
  static let none = Message(
    "resolution.none", "{target}: explicitly none, because it names {named}.", zh: "{target}：明确不作承诺；因其指定了{named}。")
  static let noneToAny = Message(
    "resolution.none_to_any", "{target}: explicitly none; no target is more specific.", zh: "{target}：明确不作承诺；没有更具体的目标。")
  static let noTarget = Message(
    "resolution.no_target", "{metric}: no target for priority {priority} of this type ({type}).", zh: "{metric}：该类型（{type}）的优先级 {priority} 没有目标。")

  static let explicit = Message("line_reason.explicit", "it was named", zh: "人工指定")
  static let ci = Message("line_reason.ci", "it covers a configuration item that the ticket names", zh: "覆盖了工单所涉及的配置项")
  static let person = Message("line_reason.person", "it names the requester", zh: "指定了请求人")
  static let unit = Message("line_reason.unit", "it names the ticket's own site or department", zh: "指定了工单所属站点或部门")
  static let unitAbove = Message("line_reason.unit_above", "it names the nearest unit above the ticket's", zh: "指定了最近的上级单位")
  static let customer = Message("line_reason.customer", "it is for the whole customer", zh: "适用于整个客户")
  static let newest = Message("line_reason.newest", "{reason}, and it is the newest of several", zh: "{reason}，且为其中最新的一个")

  static let service = Message("target_names.service", "the service", zh: "服务")
  static let ciTier = Message("target_names.ci_tier", "the CI tier", zh: "配置项等级")
  static let ticketType = Message("target_names.ticket_type", "the ticket type", zh: "工单类型")
  static let priority = Message("target_names.priority", "the priority", zh: "优先级")

  static func reason(_ reason: LineReason, _ language: Language) -> String {
    let (message, isNewest): (Message, Bool) =
      switch reason {
      case .explicit: (explicit, false)
      case .ci: (ci, false)
      case .person: (person, false)
      case .personNewest: (person, true)
      case .unit: (unit, false)
      case .unitNewest: (unit, true)
      case .unitAbove: (unitAbove, false)
      case .unitAboveNewest: (unitAbove, true)
      case .customer: (customer, false)
      case .customerNewest: (customer, true)
      case .noneInForce: (noLine, false)
      }
    return isNewest ? newest.text(language, ["reason": message.text(language)]) : message.text(language)
  }

  /// Why no line was chosen of those in force.
  static func whyNone(of standings: [LinePrecedence.Standing], _ language: Language) -> String {
    let all: [(LinePrecedence.Standing, Message)] = [
      (.otherUnits, otherUnits), (.otherPersons, otherPersons), (.otherServices, otherServices), (.otherCis, otherCis),
    ]
    let others = all.filter { standings.contains($0.0) }.map { $0.1.text(language) }
    guard !others.isEmpty else { return noLine.text(language) }
    return forOthers.text(language, ["others": others.joined(separator: language == .chinese ? "、" : ", ")])
  }

  static func names(_ names: TargetNames, _ language: Language) -> String {
    let all: [(TargetNames, Message)] = [(.service, service), (.ciTier, ciTier), (.ticketType, ticketType), (.priority, priority)]
    return all.filter { names.contains($0.0) }.map { $0.1.text(language) }.joined(separator: language == .chinese ? "、" : ", ")
  }

  static let all = [
    noLine, forOthers, otherUnits, otherPersons, otherServices, otherCis, line, promised, promisedToAny, none, noneToAny, noTarget, explicit, ci, person, unit,
    unitAbove, customer, newest, service, ciTier, ticketType,
    priority,
  ]
}
