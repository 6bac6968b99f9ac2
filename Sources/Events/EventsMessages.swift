import Kernel

package enum EventsMessages: MessageCatalog {
  static let nameTaken = Message("event_source.name_taken", "There is a source of this name already.", zh: "已有同名的事态来源。")
  static let retired = Message("event_source.retired", "The source is retired.", zh: "该事态来源已停用。")
  static let nothingToChange = Message("event_source.nothing_to_change", "Nothing would change.", zh: "没有任何变更。")
  static let ruleTwice = Message("event_source.rule_twice", "A label has a value in one rule only.", zh: "同一标签的同一取值只能出现在一条规则中。")
  static let oneCustomer = Message(
    "event_source.one_customer", "A source whose events are all of one customer has no rules.", zh: "事态全部归属同一客户的来源不使用规则。")

  static let ruleDenied = Message(
    "event.rule_denied", "A rule for what comes is made by who manages sources: leave the label out, or ask an administrator.",
    zh: "为后续事态建立规则需要管理来源的权限：请不填标签，或联系管理员。")
  static let notInTriage = Message("event.not_in_triage", "This event has been settled.", zh: "该事态已处理。")
  static let noSuchLabel = Message("event.no_such_label", "The event has no label {label}.", zh: "该事态没有标签 {label}。")

  static let windowOrder = Message("maintenance_window.order", "The end must come after the beginning and after now.", zh: "结束时间必须晚于开始时间和当前时间。")
  static let windowTooLong = Message("maintenance_window.too_long", "A window is no longer than {days} days.", zh: "维护窗口不得超过 {days} 天。")
  static let labelWithValue = Message("maintenance_window.label", "Give label and value together.", zh: "请同时填写标签和取值。")
  static let windowUnchanged = Message("maintenance_window.nothing_to_change", "Nothing would change.", zh: "没有任何变更。")
  static let windowOver = Message("maintenance_window.over", "The window is over.", zh: "该维护窗口已结束。")

  // What incidents are told.
  static let groupTitle = Message("event.title.group", "{first} and {more} more", zh: "{first} 及另外 {more} 项告警")
  static let stormTitle = Message("event.title.storm", "Storm of alerts from {source}", zh: "来自 {source} 的告警风暴")
  static let description = Message("event.description", "{source} reports {count} alerts:", zh: "{source} 报告了 {count} 项告警：")
  static let stormDescription = Message(
    "event.description.storm",
    "{source} reports more at once than one incident each would help with. What comes on top of it goes into this incident. At first, {count} alerts:",
    zh: "{source} 短时间内报告的告警过多，不再逐一建立事件；后续告警并入本事件。最初 {count} 项告警：")
  static let more = Message("event.more", "{source} reports {count} more alerts; {firing} go on.", zh: "{source} 又报告了 {count} 项告警；当前持续 {firing} 项。")
  static let cameBack = Message("event.came_back", "It came back: {source} reports {count} alerts.", zh: "告警再次出现：{source} 报告了 {count} 项告警。")
  static let staysOpen = Message(
    "event.stays_open", "It comes and goes: from now on the incident stays open, also while all is well, until somebody ends it.",
    zh: "告警反复出现和恢复：从现在起，即使告警恢复，本事件也保持打开，直至有人处理完毕。")
  static let allOver = Message(
    "event.all_over", "All alerts of {source} are over. Somebody works on the incident, so it stays open.", zh: "{source} 的告警均已恢复。已有人处理本事件，因此不自动解决。")
  static let resolution = Message("event.resolution", "All alerts of {source} are over; nobody had begun to work on it.", zh: "{source} 的告警均已恢复，且尚无人开始处理。")
  static let andMore = Message("event.and_more", "- and {count} more", zh: "- 以及另外 {count} 项")

  package static let all = [
    nameTaken, retired, nothingToChange, ruleTwice, oneCustomer, ruleDenied, notInTriage, noSuchLabel, windowOrder, windowTooLong, labelWithValue,
    windowUnchanged, windowOver,
    groupTitle, stormTitle, description, stormDescription, more, cameBack, staysOpen, allOver, resolution, andMore,
  ]
}
