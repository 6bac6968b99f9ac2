import Kernel

/// The stored form:
///
///     {"measure": "availability", "commitment": {"from": "99.9"}, "period": "month", "per": "line",
///      "bands": [{"from": "99.0", "below": "99.9", "percent": "10"}, {"below": "99.0", "percent": "25"}],
///      "cap": {"percent": "100"}, "claimDays": 30,
///      "downtime": {"countsFrom": "partial", "minimumSeconds": 60, "maintenance": {"noticeSeconds": 432000, "windows": 1}}}
///
/// With the measure `measured` goes `metric`, its code. A bound is inclusive (`from`, `upTo`) or exclusive (`above`, `below`). A
/// band pays exactly one of `percent`, `days`, `multiple`, `hoursDownOver` (seconds) and `amount` (in `currency`). Percentages are
/// texts or numbers with up to four decimals. A field that is not one of these is refused.
extension CreditSchedule {
  /// Throws one ``Failure`` of kind `invalid` with a violation for every wrong field.
  package init(_ value: Value) throws(Failure) {
    var reader = ScheduleReader(value)
    let schedule = reader.schedule()
    guard let schedule, reader.violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: reader.violations) }
    self = schedule
  }

  static let fields = ["measure", "metric", "commitment", "period", "per", "bands", "cap", "currency", "claimDays", "priority", "downtime"]
  static let basisFields = ["percent", "days", "multiple", "hoursDownOver", "amount"]
  static let bandLimit = 20
}

/// Reads the stored form and collects what is wrong with it.
private struct ScheduleReader {
  private let root: Value
  private(set) var violations: [Failure.Violation] = []
  private var currency: Currency?

  init(_ root: Value) {
    self.root = root
  }

  mutating func schedule() -> CreditSchedule? {
    guard object(root, "", CreditSchedule.fields) else { return nil }
    if let code = root.given("currency") {
      currency = code.text.flatMap { Currency(code: $0) }
      if currency == nil { refuse("currency", BillingEngineMessages.badCurrency) }
    }
    let measure = choice(CreditSchedule.Measure.self, root.given("measure"), "measure", isRequired: true)
    let period = choice(BillingPeriod.Kind.self, root.given("period"), "period", isRequired: true)
    let scope = choice(CreditSchedule.Scope.self, root.given("per"), "per", isRequired: false) ?? .line
    let commitment = root.given("commitment").flatMap { readCommitment($0) }
    let bands = readBands()
    let cap = root.given("cap").flatMap { readCap($0) }
    let claimDays = root.given("claimDays").flatMap { number($0, "claimDays", 0...3660) }
    let priority = root.given("priority").flatMap { number($0, "priority", Rating.numbers) }
    let downtime = root.given("downtime").map { readDowntime($0) } ?? DowntimeTerms()
    guard let measure, let period else { return nil }
    let metric = readMetric(measure)
    refuseMisfits(measure, scope, bands)
    return CreditSchedule(
      measure: measure, metric: metric, period: period, scope: scope, bands: bands, commitment: commitment, cap: cap, claimDays: claimDays,
      priority: priority, downtime: downtime)
  }

  /// What goes with one kind of measure only.
  private mutating func refuseMisfits(_ measure: CreditSchedule.Measure, _ scope: CreditSchedule.Scope, _ bands: [CreditBand]) {
    func misfit(_ path: String) -> Failure.Violation {
      Failure.Violation(path: path, BillingEngineMessages.notForMeasure, ["measure": measure.rawValue])
    }
    if measure == .availability {
      if root.given("priority") != nil { violations.append(misfit("priority")) }
      return
    }
    if root.given("downtime") != nil { violations.append(misfit("downtime")) }
    // What is measured may be told by the services that it was measured of.
    if scope != .line, !(measure == .measured && scope == .service) { violations.append(misfit("per")) }
    if measure == .measured, root.given("priority") != nil { violations.append(misfit("priority")) }
    for (index, band) in bands.enumerated() {
      if case .hours = band.basis { violations.append(misfit("bands[\(index)].hoursDownOver")) }
    }
  }

  /// The code of what is measured, as an SLA names it.
  private mutating func readMetric(_ measure: CreditSchedule.Measure) -> String? {
    let given = root.given("metric")
    guard measure == .measured else {
      if given != nil { refuse("metric", BillingEngineMessages.notForMeasure, ["measure": measure.rawValue]) }
      return nil
    }
    guard let given else {
      refuse("metric", BillingEngineMessages.missing)
      return nil
    }
    guard let code = given.text, Self.isCode(code), !["response", "resolution", "update"].contains(code) else {
      refuse("metric", BillingEngineMessages.badMetric)
      return nil
    }
    return code
  }

  private static func isCode(_ text: String) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard (2...40).contains(text.utf8.count), let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
  }

  private mutating func readBands() -> [CreditBand] {
    guard let values = root.given("bands") else {
      refuse("bands", BillingEngineMessages.missing)
      return []
    }
    guard let elements = values.array else {
      refuse("bands", BillingEngineMessages.wrongType, ["expected": "list"])
      return []
    }
    guard (1...CreditSchedule.bandLimit).contains(elements.count) else {
      refuse("bands", BillingEngineMessages.badCount, ["least": "1", "most": String(CreditSchedule.bandLimit)])
      return []
    }
    var bands: [CreditBand] = []
    for (index, element) in elements.enumerated() {
      let path = "bands[\(index)]"
      guard let band = readBand(element, path) else { continue }
      if band.isEmpty { refuse(path, BillingEngineMessages.emptyBand) }
      if let other = bands.firstIndex(where: { !$0.isEmpty && !band.isEmpty && $0.overlaps(band) }) {
        refuse(path, BillingEngineMessages.overlap, ["other": String(other + 1)])
      }
      bands.append(band)
    }
    return bands
  }

  private mutating func readBand(_ value: Value, _ path: String) -> CreditBand? {
    guard object(value, path, ["from", "above", "upTo", "below"] + CreditSchedule.basisFields) else { return nil }
    let lower = readBound(value, path, inclusive: "from", exclusive: "above")
    let upper = readBound(value, path, inclusive: "upTo", exclusive: "below")
    guard let basis = readBasis(value, path) else { return nil }
    return CreditBand(lower: lower, upper: upper, basis: basis)
  }

  private mutating func readCommitment(_ value: Value) -> CreditBound? {
    guard object(value, "commitment", ["from", "above"]) else { return nil }
    let bound = readBound(value, "commitment", inclusive: "from", exclusive: "above")
    if value.members?.isEmpty ?? true { refuse("commitment", BillingEngineMessages.oneOf, ["allowed": "from, above"]) }
    return bound
  }

  private mutating func readBound(_ value: Value, _ path: String, inclusive: String, exclusive: String) -> CreditBound? {
    switch (value.given(inclusive), value.given(exclusive)) {
    case (let bound?, nil): return percent(bound, "\(path).\(inclusive)", most: 100).map { CreditBound($0, isInclusive: true) }
    case (nil, let bound?): return percent(bound, "\(path).\(exclusive)", most: 100).map { CreditBound($0, isInclusive: false) }
    case (nil, nil): return nil
    case (_?, _?):
      refuse(path, BillingEngineMessages.atMostOneOf, ["allowed": "\(inclusive), \(exclusive)"])
      return nil
    }
  }

  private mutating func readBasis(_ value: Value, _ path: String) -> CreditBasis? {
    let given = CreditSchedule.basisFields.filter { value.given($0) != nil }
    guard given.count == 1, let name = given.first, let basis = value.given(name) else {
      refuse(path, BillingEngineMessages.oneOf, ["allowed": CreditSchedule.basisFields.joined(separator: ", ")])
      return nil
    }
    let path = "\(path).\(name)"
    switch name {
    case "percent": return percent(basis, path, most: 1000).map(CreditBasis.percent)
    case "days": return number(basis, path, 1...366).map(CreditBasis.days)
    case "multiple":
      guard let rate = Self.digits(basis).flatMap({ Rate($0) }), (0...1000 * Rate.scale).contains(rate.units) else {
        refuse(path, BillingEngineMessages.badMultiple)
        return nil
      }
      return .multiple(rate)
    case "hoursDownOver": return number(basis, path, 0...3599).map { .hours(downSecondsOver: $0) }
    default: return amount(basis, path).map(CreditBasis.amount)
    }
  }

  private mutating func readCap(_ value: Value) -> CreditSchedule.Cap? {
    let names = ["percent", "days", "amount"]
    guard object(value, "cap", names) else { return nil }
    let given = names.filter { value.given($0) != nil }
    guard given.count == 1, let name = given.first, let limit = value.given(name) else {
      refuse("cap", BillingEngineMessages.oneOf, ["allowed": names.joined(separator: ", ")])
      return nil
    }
    switch name {
    case "percent": return percent(limit, "cap.percent", most: 1000).map(CreditSchedule.Cap.percent)
    case "days": return number(limit, "cap.days", 1...366).map(CreditSchedule.Cap.days)
    default: return amount(limit, "cap.amount").map(CreditSchedule.Cap.amount)
    }
  }

  private mutating func readDowntime(_ value: Value) -> DowntimeTerms {
    guard object(value, "downtime", ["countsFrom", "minimumSeconds", "maintenance"]) else { return DowntimeTerms() }
    let countsFrom = choice(DowntimeTerms.Severity.self, value.given("countsFrom"), "downtime.countsFrom", isRequired: false) ?? .partial
    let minimum = value.given("minimumSeconds").flatMap { number($0, "downtime.minimumSeconds", 0...86_400 * 31) } ?? 0
    return DowntimeTerms(countsFrom: countsFrom, minimumSeconds: minimum, maintenance: value.given("maintenance").map { readMaintenance($0) } ?? .ignored)
  }

  private mutating func readMaintenance(_ value: Value) -> DowntimeTerms.Maintenance {
    let path = "downtime.maintenance"
    switch value {
    case "ignored": return .ignored
    case "counts": return .counts
    case .object:
      guard object(value, path, ["noticeSeconds", "windows"]) else { return .ignored }
      let notice = value.given("noticeSeconds").flatMap { number($0, "\(path).noticeSeconds", 0...86_400 * 366) } ?? 0
      return .excused(noticeSeconds: notice, windows: value.given("windows").flatMap { number($0, "\(path).windows", 1...1000) })
    default:
      refuse(path, BillingEngineMessages.notAllowed, ["allowed": "ignored, counts, {noticeSeconds, windows}"])
      return .ignored
    }
  }

  // MARK: Parts

  private mutating func refuse(_ path: String, _ message: Message, _ arguments: [String: String] = [:]) {
    violations.append(Failure.Violation(path: path, message, arguments))
  }

  /// Whether `value` is an object of these fields.
  private mutating func object(_ value: Value, _ path: String, _ allowed: [String]) -> Bool {
    guard let members = value.members else {
      refuse(path, BillingEngineMessages.wrongType, ["expected": "object"])
      return false
    }
    for member in members where !allowed.contains(member.name) {
      let name = String(member.name.prefix(64))
      refuse(path.isEmpty ? name : "\(path).\(name)", BillingEngineMessages.unknownField, ["allowed": allowed.joined(separator: ", ")])
    }
    return true
  }

  private mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ type: Choice.Type, _ value: Value?, _ path: String, isRequired: Bool
  ) -> Choice? where Choice.RawValue == String {
    guard let value else {
      if isRequired { refuse(path, BillingEngineMessages.missing) }
      return nil
    }
    guard let choice = value.text.flatMap({ Choice(rawValue: $0) }) else {
      refuse(path, BillingEngineMessages.notAllowed, ["allowed": Choice.allCases.map(\.rawValue).joined(separator: ", ")])
      return nil
    }
    return choice
  }

  private mutating func percent(_ value: Value, _ path: String, most: Int64) -> Rate? {
    guard let rate = Self.digits(value).flatMap({ Rate(percent: $0) }), (0...most * Rate.scale / 100).contains(rate.units) else {
      refuse(path, BillingEngineMessages.badPercent, ["most": String(most)])
      return nil
    }
    return rate
  }

  private mutating func number(_ value: Value, _ path: String, _ range: ClosedRange<Int64>) -> Int64? {
    guard let number = value.integer, range.contains(number) else {
      refuse(path, BillingEngineMessages.badNumber, ["least": String(range.lowerBound), "most": String(range.upperBound)])
      return nil
    }
    return number
  }

  private mutating func amount(_ value: Value, _ path: String) -> Money? {
    guard let currency, let money = Self.digits(value).flatMap({ Money($0, currency: currency) }), money.minorUnits >= 0 else {
      refuse(path, BillingEngineMessages.badAmount)
      return nil
    }
    return money
  }

  /// A decimal as it may be written: as a text or as a number.
  private static func digits(_ value: Value) -> String? {
    switch value {
    case .text(let text) where text.utf8.count <= 32: text
    case .integer(let integer): String(integer)
    case .decimal(let digits) where digits.utf8.count <= 32: digits
    default: nil
    }
  }
}

extension Value {
  /// A member that is there and not null.
  fileprivate func given(_ name: String) -> Value? { self[name].flatMap { $0.isNull ? nil : $0 } }
}
