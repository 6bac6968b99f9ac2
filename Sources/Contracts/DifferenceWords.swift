import BillingEngine
import Kernel
import Renewals
import ServiceTime

/// The words in which differences of contracts are told.
package enum DifferenceWords: MessageCatalog {
  static let changed = Message("difference.changed", "{what} from {before} to {after} from {from}", zh: "{what}自{from}起由{before}改为{after}")
  static let added = Message("difference.added", "{what} {after} from {from}", zh: "{what}自{from}起为{after}")
  static let removed = Message("difference.removed", "{what} {before} no longer from {from}", zh: "{what}{before}自{from}起取消")
  static let becomes = Message("difference.becomes", "{what} from {before} to {after}", zh: "{what}由{before}改为{after}")
  static let isNow = Message("difference.is_now", "{what} {after}", zh: "{what}为{after}")
  static let isGone = Message("difference.is_gone", "{what} {before} no longer", zh: "{what}{before}取消")
  static let lineNew = Message("difference.line_new", "new line {line} from {from}", zh: "自{from}起新增合同行{line}")
  static let lineGone = Message("difference.line_gone", "line {line} no longer from {from}", zh: "合同行{line}自{from}起终止")

  static let hours = Message("difference.hours", "{count} h", zh: "{count}小时")
  static let minutes = Message("difference.minutes", "{count} min", zh: "{count}分钟")
  static let seconds = Message("difference.seconds", "{count} s", zh: "{count}秒")
  static let atOnce = Message("difference.at_once", "at once", zh: "立即")
  static let businessDays = Message("difference.business_days", "end of business day {count}", zh: "第{count}个工作日结束时")
  static let day = Message("difference.day", "{count} day", zh: "{count}天")
  static let days = Message("difference.days", "{count} days", zh: "{count}天")
  static let month = Message("difference.month", "{count} month", zh: "{count}个月")
  static let months = Message("difference.months", "{count} months", zh: "{count}个月")
  static let calendarVersion = Message("difference.calendar_version", "version {version}", zh: "第{version}版")
  static let calendarHours = Message("difference.calendar_hours", "hours of {calendar} from {from}: {what}", zh: "{calendar}自{from}起：{what}")

  static let line = Message("difference.line", "line", zh: "合同行")
  static let name = Message("difference.name", "name", zh: "名称")
  static let state = Message("difference.state", "state", zh: "状态")
  static let startsAt = Message("difference.starts", "start of the term", zh: "期限开始")
  static let endsAt = Message("difference.ends", "end of the term", zh: "期限结束")
  static let renewal = Message("difference.renewal", "renewal", zh: "续约方式")
  static let notice = Message("difference.notice", "notice", zh: "通知期")
  static let renewalMonths = Message("difference.extension", "extension by renewal", zh: "续约时长")
  static let service = Message("difference.service", "service", zh: "所售服务")
  static let offering = Message("difference.offering", "offering", zh: "所售服务项")
  static let sla = Message("difference.sla", "SLA", zh: "SLA（服务级别）")
  static let units = Message("difference.units", "sites and departments", zh: "站点与部门")
  static let persons = Message("difference.persons", "persons", zh: "人员")
  static let onlyCoveredCis = Message("difference.only_covered_cis", "only for the configuration items that it covers", zh: "仅限所覆盖的配置项")
  static let quantity = Message("difference.quantity", "quantity", zh: "数量")
  static let exclusions = Message("difference.exclusions", "exclusions", zh: "除外责任")
  static let priceReference = Message("difference.price_reference", "price reference", zh: "价格依据")
  static let monthlyFee = Message("difference.monthly_fee", "monthly fee", zh: "月费")
  static let stopsAt = Message("difference.stops_at", "resolution counts until", zh: "解决时限计至")
  static let budget = Message("difference.budget", "{target}", zh: "{target}（时限）")
  static let objective = Message("difference.objective", "objective of {target}", zh: "{target}达标率")
  static let calendar = Message("difference.calendar", "calendar of {target}", zh: "{target}服务时间")
  static let period = Message("difference.period", "period of {target}", zh: "{target}考核周期")
  static let countsFrom = Message("difference.counts_from", "outages that count for {target}", zh: "{target}计入的中断级别")
  static let warnings = Message("difference.warnings", "warnings of {target}", zh: "{target}预警")
  static let pauses = Message("difference.pauses", "pauses of {target}", zh: "{target}挂起计时")

  static let response = Message("difference.response", "response", zh: "响应")
  static let update = Message("difference.update", "update", zh: "进展通报")
  static let resolution = Message("difference.resolution", "resolution", zh: "解决")

  static let availability = Message("difference.availability", "availability", zh: "可用性")
  static let backupSuccess = Message("difference.backup_success", "backup success", zh: "备份成功率")
  static let patchCurrency = Message("difference.patch_currency", "patch currency", zh: "补丁及时率")
  static let requestAccuracy = Message("difference.request_accuracy", "request accuracy", zh: "请求准确率")
  package static let explicitlyNone = Message("target.explicitly_none", "explicitly none", zh: "明确不作承诺")
  static let ofService = Message("target.service", "service {code}", zh: "服务{code}")
  static let ciTier = Message("target.ci_tier", "CI tier {code}", zh: "配置项等级{code}")
  static let incident = Message("ticket_type.incident", "incident", zh: "事件")
  static let request = Message("ticket_type.request", "request", zh: "请求")
  static let change = Message("ticket_type.change", "change", zh: "变更")
  static let problem = Message("ticket_type.problem", "problem", zh: "问题")
  static let monthly = Message("period.month", "month", zh: "月")
  static let quarterly = Message("period.quarter", "quarter", zh: "季度")
  static let yearly = Message("period.year", "year", zh: "年")
  static let rollingYear = Message("period.rolling_year", "rolling year", zh: "滚动年")
  static let degraded = Message("severity.degraded", "degraded", zh: "性能下降")
  static let partial = Message("severity.partial", "partial", zh: "部分中断")
  static let major = Message("severity.major", "major", zh: "重大中断")

  static let decisionMaker = Message("contact.decision_maker", "decision maker", zh: "决策人")
  static let escalation = Message("contact.escalation", "escalation contact", zh: "升级联系人")
  static let billing = Message("contact.billing", "billing contact", zh: "账务联系人")
  static let technical = Message("contact.technical", "technical contact", zh: "技术联系人")

  static let draft = Message("contract_state.draft", "draft", zh: "草稿")
  static let active = Message("contract_state.active", "active", zh: "生效")
  static let suspended = Message("contract_state.suspended", "suspended", zh: "暂停")
  static let ended = Message("contract_state.ended", "ended", zh: "终止")
  static let none = Message("renewal_mode.none", "none", zh: "无")
  static let manual = Message("renewal_mode.manual", "by decision", zh: "人工决定")
  static let auto = Message("renewal_mode.auto", "automatic", zh: "自动续约")
  static let resolved = Message("resolution_stop.resolved", "resolved", zh: "已解决")
  static let closed = Message("resolution_stop.closed", "closed", zh: "已关闭")
  package static let yes = Message("difference.yes", "yes", zh: "是")
  package static let no = Message("difference.no", "no", zh: "否")

  package static var nameLabel: Message { name }

  package static func state(_ state: ContractState) -> Message {
    switch state {
    case .draft: draft
    case .active: active
    case .suspended: suspended
    case .ended: ended
    }
  }

  package static func mode(_ mode: RenewalMode) -> Message {
    switch mode {
    case .none: none
    case .manual: manual
    case .auto: auto
    }
  }

  package static func stop(_ stop: ResolutionStop) -> Message { stop == .resolved ? resolved : closed }

  static func role(_ role: String) -> Message {
    switch ContactRole(rawValue: role) {
    case .decisionMaker?: decisionMaker
    case .escalation?: escalation
    case .billing?: billing
    case .technical?, nil: technical
    }
  }

  /// A measured metric that has no word of its own is called by its name.
  package static func metric(_ name: String, _ language: Language) -> String {
    switch name {
    case Metric.response.rawValue: response.text(language)
    case Metric.update.rawValue: update.text(language)
    case Metric.resolution.rawValue: resolution.text(language)
    case ServiceMeasure.availability.code: availability.text(language)
    case ServiceMeasure.backupSuccess.code: backupSuccess.text(language)
    case ServiceMeasure.patchCurrency.code: patchCurrency.text(language)
    case ServiceMeasure.requestAccuracy.code: requestAccuracy.text(language)
    default: name
    }
  }

  static func ticketType(_ type: TicketType) -> Message {
    switch type {
    case .incident: incident
    case .request: request
    case .change: change
    case .problem: problem
    }
  }

  package static func period(_ period: BillingPeriod.Kind) -> Message {
    switch period {
    case .month: monthly
    case .quarter: quarterly
    case .year: yearly
    case .rollingYear: rollingYear
    }
  }

  /// Nil for a code that is none.
  package static func period(code: String) -> Message? { BillingPeriod.Kind(rawValue: code).map(period) }

  /// Maintenance is none that counts.
  package static func severity(_ severity: OutageSeverity) -> Message {
    switch severity {
    case .degraded: degraded
    case .partial, .maintenance: partial
    case .major: major
    }
  }

  static func label(_ term: TermSubject.ContractTerm) -> Message {
    switch term {
    case .name: name
    case .state: state
    case .startsAt: startsAt
    case .endsAt: endsAt
    case .renewal: renewal
    case .notice: notice
    case .renewalMonths: renewalMonths
    }
  }

  static func label(_ term: TermSubject.LineTerm) -> Message {
    switch term {
    case .name: name
    case .service: service
    case .offering: offering
    case .sla: sla
    case .units: units
    case .persons: persons
    case .onlyCoveredCis: onlyCoveredCis
    case .quantity: quantity
    case .exclusions: exclusions
    case .priceReference: priceReference
    case .monthlyFee: monthlyFee
    case .stopsAt: stopsAt
    }
  }

  static func label(_ term: TermSubject.TargetTerm) -> Message {
    switch term {
    case .budget: budget
    case .objective: objective
    case .period: period
    case .calendar: calendar
    case .countsFrom: countsFrom
    case .warnings: warnings
    case .pauses: pauses
    }
  }

  package static let all = [
    changed, added, removed, becomes, isNow, isGone, lineNew, lineGone, hours, minutes, seconds, atOnce, businessDays, day, days, month, months,
    calendarVersion, calendarHours, line, name, state, startsAt, endsAt, renewal, notice, renewalMonths, service, offering,
    sla, units, persons, onlyCoveredCis, quantity, exclusions, priceReference, monthlyFee,
    stopsAt, budget, objective, period, calendar, countsFrom, warnings, pauses, response, resolution, update, availability, backupSuccess, patchCurrency,
    requestAccuracy, explicitlyNone, ofService, ciTier, incident, request, change, problem, monthly, quarterly, yearly, rollingYear, degraded, partial,
    major, decisionMaker, escalation, billing, technical, draft, active, suspended, ended, none, manual, auto, resolved, closed, yes, no,
  ]
}
