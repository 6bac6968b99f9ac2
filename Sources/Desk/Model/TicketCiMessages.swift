import Kernel

package enum TicketCiMessages: MessageCatalog {
  static let retired = Message(
    "ticket.ci_retired", "{name} is {state}: no ticket names it anew.", zh: "{name} 的状态为 {state}，不能用于新的工单。")
  static let tooMany = Message("ticket.too_many_cis", "A ticket names at most {most} CIs.", zh: "一个工单最多涉及 {most} 个配置项。")
  static let namedAlready = Message("ticket.ci_named", "The ticket names this CI already.", zh: "该工单已包含此配置项。")
  static let attributeOfCi = Message(
    "queue.attribute_of_ci", "A list is narrowed by a configuration item or by a custom attribute, not by both.", zh: "列表可按配置项或自定义属性筛选，不能同时使用。")
  static let requesterAlone = Message(
    "ticket.requester_alone", "A list is narrowed by a requester, a configuration item or a custom attribute: by one of them.",
    zh: "列表可按请求人、配置项或自定义属性筛选，只能选用其一。")
  static let serviceAlone = Message(
    "queue.service_alone",
    "A list by an affected service takes no configuration item, custom attribute or requester besides, nor a team's own order.",
    zh: "按受影响的服务筛选时，不能同时按配置项、自定义属性或请求人筛选，也不能按团队承诺排序。")
  static let orderOfCi = Message("queue.order_of_ci", "A team's own order does not go with a CI.", zh: "按团队承诺排序时不能指定配置项。")

  static let tierNamed = Message("ticket.tier_named", "The CI tier {value} was named by a person.", zh: "配置项等级 {value} 由人员指定。")
  static let tierOfCi = Message(
    "ticket.tier_of_ci", "The CI tier {value} is that of {ci}, which was the most critical of its CIs when the ticket was last classified by them.",
    zh: "配置项等级 {value} 取自 {ci}，即工单最近一次按配置项归类时其中最关键的配置项。")
  static let noTier = Message("ticket.no_tier", "No CI tier is known.", zh: "配置项等级未知。")
  static let serviceNamed = Message("ticket.service_named", "The service {value} was named by a person.", zh: "服务 {value} 由人员指定。")
  static let serviceOfCi = Message(
    "ticket.service_of_ci", "The service {value} is sold by the contract line that covers {ci} on the day of the ticket.",
    zh: "服务 {value} 由工单当日覆盖 {ci} 的合同行提供。")
  static let serviceOfCategory = Message(
    "ticket.service_of_category", "The service {value} is what tickets of the category {category} are about, and the customer's contract sells it.",
    zh: "服务 {value} 由分类 {category} 指定，且客户的合同包含该服务。")
  static let noService = Message("ticket.no_service", "No service is known.", zh: "服务未知。")
  static let someCi = Message("ticket.some_ci", "a configuration item", zh: "某配置项")

  static let servicesTaken = Message(
    "ticket.services_taken", "The services that the walk finds are recorded already, or it finds none.", zh: "影响分析得出的服务均已登记，或未得出任何服务。")

  package static let all = [
    retired, tooMany, namedAlready, attributeOfCi, requesterAlone, serviceAlone, orderOfCi, tierNamed, tierOfCi, noTier, serviceNamed, serviceOfCi,
    serviceOfCategory, noService, someCi, servicesTaken,
  ]
}
