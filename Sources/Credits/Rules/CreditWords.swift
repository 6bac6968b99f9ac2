import BillingEngine
import Contracts
import Kernel
import ServiceTime

/// What is told of a credit, as it is stored.
struct CreditStory: Sendable {
  let scheduleName: String
  let validFrom: Instant
  let terms: Value
  let periodName: String
  let calculation: Value
  let amount: Int64
  let granted: Int64
  let currency: String
}

/// A credit in words: each step of its calculation, in both languages.
enum CreditWords {
  /// Whom a credit is told to.
  enum Audience: Sendable {
    case staff
    /// Is not told of whom the services were bought: parts of a line have numbers, and the schedule, which may be called after
    /// a supplier's, has no name.
    case customer
  }

  /// Told from what is stored, never computed anew.
  static func steps(of row: CreditStory, for audience: Audience, in language: Language) throws(Failure) -> [String] {
    let schedule = try CreditSchedule(row.terms)
    let currency = Currency(code: row.currency)
    let calculation = row.calculation
    // Days as the contract's zone has them.
    let days = TermWords(language, zone: (calculation["zone"]?.text).flatMap { Zone.named($0) })
    func day(_ name: String) -> String { (calculation[name]?.text).flatMap { Instant($0) }.map(days.date) ?? "" }
    var steps = [
      measured.text(
        language,
        [
          "measure": measure(schedule, language), "period": row.periodName, "zone": calculation["zone"]?.text ?? "",
          "from": day("from"), "to": day("to"),
        ])
    ]
    switch audience {
    case .staff where row.validFrom.seconds == 0: steps.append(firstVersion.text(language, ["name": row.scheduleName]))
    case .staff: steps.append(version.text(language, ["name": row.scheduleName, "from": days.date(row.validFrom)]))
    case .customer where row.validFrom.seconds == 0: steps.append(agreedFirst.text(language))
    case .customer: steps.append(agreedVersion.text(language, ["from": days.date(row.validFrom)]))
    }
    let parts = calculation["parts"]?.array ?? []
    // Availability that was recorded, and not counted from outages, has no down time.
    if schedule.measure == .availability, parts.allSatisfy({ $0["downSeconds"] != nil }) { steps.append(downtime(schedule.downtime, language)) }
    for (index, part) in parts.enumerated() {
      steps += words(of: part, subject(of: part, index, audience, language), schedule, currency, language)
    }
    if let capped = calculation["cappedAt"]?.text { steps.append(cap.text(language, ["amount": exact(capped, currency)])) }
    if let currency {
      steps.append(amount.text(language, ["amount": Money(minorUnits: row.amount, currency: currency).description]))
      if row.granted > 0 {
        steps.append(granted.text(language, ["amount": Money(minorUnits: row.granted, currency: currency).description]))
      }
    }
    return steps
  }

  private static func subject(of part: Value, _ index: Int, _ audience: Audience, _ language: Language) -> String {
    guard let name = part["subject"]?.text, !name.isEmpty else { return wholeLine.text(language) }
    return switch audience {
    case .staff: name
    case .customer: numberedPart.text(language, ["number": String(index + 1)])
    }
  }

  private static func words(
    of part: Value, _ subject: String, _ schedule: CreditSchedule, _ currency: Currency?, _ language: Language
  ) -> [String] {
    guard let percent = part["percent"]?.text else { return [notJudged.text(language, ["subject": subject])] }
    var steps: [String] = []
    if let judged = part["judged"]?.integer, let kept = part["kept"]?.integer {
      steps.append(tickets.text(language, ["judged": String(judged), "kept": String(kept), "percent": percent]))
    } else if part["downSeconds"] == nil {
      steps.append(asJudged.text(language, ["subject": subject, "percent": percent, "exact": part["attainment"]?.text ?? ""]))
    } else {
      steps.append(
        available.text(
          language,
          ["subject": subject, "seconds": part["downSeconds"]?.text ?? "", "percent": percent, "exact": part["attainment"]?.text ?? ""]))
    }
    guard let number = part["band"]?.integer, let index = Int(exactly: number - 1), schedule.bands.indices.contains(index) else {
      return steps + [noBand.text(language, ["subject": subject])]
    }
    let band = schedule.bands[index]
    steps.append(
      inBand.text(
        language,
        [
          "number": String(number), "range": range(band, language), "pays": pays(band.basis, part, language), "fee": exact(part["fee"]?.text, currency),
          "amount": exact(part["pays"]?.text, currency),
        ]))
    return steps
  }

  private static func range(_ band: CreditBand, _ language: Language) -> String {
    let lower = band.lower.map { ($0.isInclusive ? from : above).text(language, ["bound": $0.value.percent]) }
    let upper = band.upper.map { ($0.isInclusive ? upTo : below).text(language, ["bound": $0.value.percent]) }
    return [lower, upper].compactMap { $0 }.joined(separator: language == .chinese ? "、" : ", ")
  }

  private static func pays(_ basis: CreditBasis, _ part: Value, _ language: Language) -> String {
    switch basis {
    case .percent(let rate): paysPercent.text(language, ["percent": rate.percent])
    case .days(let days): paysDays.text(language, ["days": String(part["units"]?.integer ?? days)])
    case .multiple(let rate): paysMultiple.text(language, ["multiple": rate.description])
    case .hours(let seconds): paysHours.text(language, ["hours": String(part["units"]?.integer ?? 0), "seconds": String(seconds)])
    case .amount(let money): paysAmount.text(language, ["amount": money.description])
    }
  }

  private static func downtime(_ terms: DowntimeTerms, _ language: Language) -> String {
    let kept: String =
      switch terms.maintenance {
      case .ignored: maintenanceIgnored.text(language)
      case .counts: maintenanceCounts.text(language)
      case .excused(let notice, let windows):
        maintenanceExcused.text(language, ["notice": String(notice), "windows": windows.map { String($0) } ?? allWindows.text(language)])
      }
    return rule.text(language, ["severity": terms.countsFrom.rawValue, "seconds": String(terms.minimumSeconds), "maintenance": kept])
  }

  private static func measure(_ schedule: CreditSchedule, _ language: Language) -> String {
    switch schedule.measure {
    case .availability: availability.text(language)
    case .response: response.text(language)
    case .resolution: resolution.text(language)
    case .measured: recorded.text(language, ["metric": schedule.metric ?? ""])
    }
  }

  /// A calculation as it is stored, with what it says in exact fractions of minor units as amounts besides: `fee` `100000/31` and
  /// `feeAmount` `32.26`.
  static func readable(_ calculation: Value, _ currency: Currency?) -> Value {
    switch calculation {
    case .object(let members):
      return .object(
        members.flatMap { member -> [Value.Member] in
          let inside = Value.Member(member.name, readable(member.value, currency))
          guard ["fee", "pays", "exact", "cappedAt"].contains(member.name), let text = member.value.text, let currency else { return [inside] }
          let amount = minorUnits(text).map { Money(minorUnits: $0.rounded, currency: currency).amount }
          return [inside, Value.Member("\(member.name)Amount", .text(amount))]
        })
    case .array(let elements): return .array(elements.map { readable($0, currency) })
    default: return calculation
    }
  }

  /// `100000/31`.
  private static func minorUnits(_ text: String?) -> Fraction? {
    let parts = (text ?? "").split(separator: "/").compactMap { Int64($0) }
    return parts.count == 2 ? Fraction(parts[0], parts[1]) : nil
  }

  /// An exact amount of minor units, such as `100000/31`, as money.
  private static func exact(_ text: String?, _ currency: Currency?) -> String {
    guard let currency, let fraction = minorUnits(text) else { return "-" }
    let money = Money(minorUnits: fraction.rounded, currency: currency).description
    return fraction.denominator == 1 ? money : "≈ \(money)"
  }

  static let measured = Message(
    "credit.words.measured", "{measure} in {period} ({zone}), from {from} until {to}, not included.", zh: "{period}（{zone}）的{measure}，自{from}起至{to}前。")
  static let version = Message(
    "credit.words.version", "By the schedule “{name}”, in the version that holds since {from}.", zh: "依据补偿方案“{name}”，采用自{from}起生效的版本。")
  static let agreedVersion = Message(
    "credit.words.agreed_version", "By what is agreed for the line, in the version that holds since {from}.", zh: "依据合同行的约定，采用自{from}起生效的版本。")
  static let firstVersion = Message("credit.words.first_version", "By the schedule “{name}”, in its first version.", zh: "依据补偿方案“{name}”的首个版本。")
  static let agreedFirst = Message("credit.words.agreed_first", "By what is agreed for the line, in its first version.", zh: "依据合同行的约定（首个版本）。")
  static let availability = Message("credit.words.availability", "Availability", zh: "可用性")
  static let response = Message("credit.words.response", "Response targets met", zh: "响应目标达成率")
  static let resolution = Message("credit.words.resolution", "Resolution targets met", zh: "解决目标达成率")
  static let recorded = Message("credit.words.recorded", "What was measured as “{metric}”", zh: "测量指标“{metric}”")
  static let rule = Message(
    "credit.words.rule", "Outages count from the severity “{severity}” on, when they last at least {seconds} s. {maintenance}",
    zh: "级别为 {severity} 及以上且持续至少 {seconds} 秒的中断计入。{maintenance}")
  static let maintenanceIgnored = Message("credit.words.maintenance_ignored", "Maintenance does not count.", zh: "维护不计入。")
  static let maintenanceCounts = Message("credit.words.maintenance_counts", "Maintenance counts as an outage.", zh: "维护按中断计入。")
  static let maintenanceExcused = Message(
    "credit.words.maintenance_excused", "Maintenance announced {notice} s ahead is excused, windows in a period: {windows}.",
    zh: "提前 {notice} 秒公告的维护予以豁免，每期间窗口数：{windows}。")
  static let allWindows = Message("credit.words.all_windows", "all", zh: "全部")
  static let wholeLine = Message("credit.words.whole_line", "The line", zh: "合同行")
  static let numberedPart = Message("credit.words.numbered_part", "Part {number}", zh: "第 {number} 部分")
  static let available = Message(
    "credit.words.available", "{subject}: down for {seconds} s, so {percent} % available (exactly {exact}).",
    zh: "{subject}：中断 {seconds} 秒，可用性为 {percent} %（精确值 {exact}）。")
  static let asJudged = Message(
    "credit.words.as_judged", "{subject}: {percent} %, as what was recorded was judged (exactly {exact}).",
    zh: "{subject}：依据登记的测量结果判定为 {percent} %（精确值 {exact}）。")
  static let tickets = Message(
    "credit.words.tickets", "{kept} of {judged} judged tickets met their target: {percent} %.", zh: "已判定的 {judged} 个工单中有 {kept} 个达成目标：{percent} %。")
  static let notJudged = Message("credit.words.not_judged", "{subject}: nothing was judged in this period.", zh: "{subject}：该期间没有可判定的数据。")
  static let noBand = Message("credit.words.no_band", "{subject}: no band holds this; nothing is paid.", zh: "{subject}：不属于任何档位，无补偿。")
  static let inBand = Message(
    "credit.words.in_band", "That is band {number} ({range}), which pays {pays}; of a fee of {fee} this is {amount}.",
    zh: "属于第 {number} 档（{range}），补偿 {pays}；以费用 {fee} 计为 {amount}。")
  static let from = Message("credit.words.from", "{bound} % or more", zh: "不低于 {bound} %")
  static let above = Message("credit.words.above", "more than {bound} %", zh: "高于 {bound} %")
  static let upTo = Message("credit.words.up_to", "{bound} % or less", zh: "不高于 {bound} %")
  static let below = Message("credit.words.below", "less than {bound} %", zh: "低于 {bound} %")
  static let paysPercent = Message("credit.words.pays_percent", "{percent} % of the fee", zh: "费用的 {percent} %")
  static let paysDays = Message("credit.words.pays_days", "{days} days of service", zh: "{days} 天服务费")
  static let paysMultiple = Message("credit.words.pays_multiple", "{multiple} times the fee", zh: "费用的 {multiple} 倍")
  static let paysHours = Message(
    "credit.words.pays_hours", "the fee of {hours} hours that were down for more than {seconds} s", zh: "中断超过 {seconds} 秒的 {hours} 个小时的费用")
  static let paysAmount = Message("credit.words.pays_amount", "the fixed amount {amount}", zh: "固定金额 {amount}")
  static let cap = Message("credit.words.cap", "The schedule pays at most {amount} for a period.", zh: "方案规定每期间最多补偿 {amount}。")
  static let amount = Message("credit.words.amount", "The credit is {amount}, rounded once.", zh: "补偿金额为 {amount}（仅在最后取整一次）。")
  static let granted = Message("credit.words.granted", "For this period {amount} had been granted before.", zh: "此前已为该期间批准 {amount}。")

  static let all = [
    measured, version, availability, response, resolution, recorded, asJudged, rule, maintenanceIgnored, maintenanceCounts, maintenanceExcused,
    allWindows, wholeLine,
    firstVersion, agreedFirst, agreedVersion, numberedPart, available, tickets, notJudged, noBand, inBand, from, above, upTo, below, paysPercent, paysDays,
    paysMultiple, paysHours,
    paysAmount, cap, amount,
    granted,
  ]
}
