import Kernel

/// What was attained by one thing that is measured by itself: a line, a service, a region, an instance.
package struct CreditSubject: Hashable, Sendable {
  package let name: String
  /// Its part of the line's fee, against the weights of the others.
  package let weight: Int64
  /// Nil: nothing was judged, and nothing is paid.
  package let attainment: Fraction?
  /// The down time, in microseconds, of each hour that had some; for hourly waivers.
  package let downByHour: [Int64]

  package init(name: String, weight: Int64 = 1, attainment: Fraction?, downByHour: [Int64] = []) {
    self.name = name
    self.weight = weight
    self.attainment = attainment
    self.downByHour = downByHour
  }
}

/// What a credit is a part of.
package struct CreditBase: Hashable, Sendable {
  /// The fee of ``BillingPeriod/feeDays`` in minor units, exact; nil when the line has none.
  package let fee: Fraction?
  package let currency: Currency
  /// The days and the begun hours of the same stretch in which the line was in force. No more of them are paid.
  package let days: Int64
  package let hours: Int64

  package init(fee: Fraction?, currency: Currency, days: Int64, hours: Int64) {
    self.fee = fee
    self.currency = currency
    self.days = days
    self.hours = hours
  }
}

/// What a period pays, and why: everything that an explanation needs.
package struct Credit: Hashable, Sendable {
  package struct Part: Hashable, Sendable {
    package let subject: CreditSubject
    /// The place of the band in the schedule; nil: none holds the attainment.
    package let band: Int?
    /// The subject's part of the fee, exact; nil when the line has none.
    package let fee: Fraction?
    /// What the band pays, in minor units, exact and before the cap.
    package let minorUnits: Fraction
    /// Days or hours that are paid, where the band pays them; at most those of the base.
    package let units: Int64?
  }

  package let parts: [Part]
  /// The sum of the parts, exact.
  package let exact: Fraction
  /// The cap in minor units, when it took something away.
  package let cappedAt: Fraction?
  /// Rounded once, at the end.
  package let amount: Money

  /// Whether any subject is in a band.
  package var pays: Bool { parts.contains { $0.band != nil } }
}

extension CreditSchedule {
  /// The credit of one period.
  package func credit(for subjects: [CreditSubject], base: CreditBase) throws(CreditError) -> Credit {
    var weights: Int64 = 0
    for subject in subjects {
      let (sum, overflow) = weights.addingReportingOverflow(subject.weight)
      guard !overflow, subject.weight > 0 else { throw .overflow }
      weights = sum
    }
    var parts: [Credit.Part] = []
    var exact = Fraction(0)
    for subject in subjects {
      let part = try self.part(of: subject, weights: weights, base)
      parts.append(part)
      exact = try exact.adding(part.minorUnits)
    }
    // What is nothing needs no cap, nor the fee that a cap may be a part of.
    let limit = exact > Fraction(0) ? try limit(base) : nil
    let capped = limit.flatMap { exact > $0 ? $0 : nil }
    return Credit(
      parts: parts, exact: exact, cappedAt: capped, amount: Money(minorUnits: (capped ?? exact).rounded, currency: base.currency))
  }

  private func part(of subject: CreditSubject, weights: Int64, _ base: CreditBase) throws(CreditError) -> Credit.Part {
    guard let share = Fraction(subject.weight, weights) else { throw .overflow }
    var fee: Fraction?
    if let whole = base.fee { fee = try whole.multiplied(by: share) }
    guard let band = subject.attainment.flatMap({ band(of: $0) }) else {
      return Credit.Part(subject: subject, band: nil, fee: fee, minorUnits: Fraction(0), units: nil)
    }
    let (minorUnits, units) = try worth(of: bands[band].basis, fee, share, subject, base)
    return Credit.Part(subject: subject, band: band, fee: fee, minorUnits: minorUnits, units: units)
  }

  private func worth(
    of basis: CreditBasis, _ fee: Fraction?, _ share: Fraction, _ subject: CreditSubject, _ base: CreditBase
  ) throws(CreditError) -> (minorUnits: Fraction, units: Int64?) {
    func part(_ numerator: Int64, of all: Int64) throws(CreditError) -> Fraction {
      guard let fee else { throw .noFee }
      // Of no days or hours there is nothing to pay.
      guard all > 0 else { return Fraction(0) }
      guard let ratio = Fraction(numerator, all) else { throw .overflow }
      return try fee.multiplied(by: ratio)
    }
    switch basis {
    case .percent(let rate), .multiple(let rate): return (try part(rate.units, of: Rate.scale), nil)
    case .days(let most):
      let days = min(most, base.days)
      return (try part(days, of: base.days), days)
    case .hours(let seconds):
      let (limit, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
      guard !overflow else { throw .overflow }
      let hours = min(Int64(subject.downByHour.count { $0 > limit }), base.hours)
      return (try part(hours, of: base.hours), hours)
    case .amount(let money):
      guard money.currency == base.currency else { throw .currenciesDiffer(money.currency, base.currency) }
      return (try Fraction(money.minorUnits).multiplied(by: share), nil)
    }
  }

  /// The cap in minor units.
  private func limit(_ base: CreditBase) throws(CreditError) -> Fraction? {
    switch cap {
    case nil: return nil
    case .percent(let rate):
      guard let fee = base.fee else { throw .noFee }
      return try fee.multiplied(by: Fraction(rate))
    case .days(let days):
      guard let fee = base.fee else { throw .noFee }
      guard base.days > 0 else { return Fraction(0) }
      guard let ratio = Fraction(days, base.days) else { throw .overflow }
      return try fee.multiplied(by: ratio)
    case .amount(let money):
      guard money.currency == base.currency else { throw .currenciesDiffer(money.currency, base.currency) }
      return Fraction(money.minorUnits)
    }
  }
}
