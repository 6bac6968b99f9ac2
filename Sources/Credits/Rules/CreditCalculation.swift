import BillingEngine
import Kernel
import ServiceTime

/// A period's credit with everything that it rests on, as it is stored: what an explanation is told from.
struct CreditCalculation: Sendable {
  let period: BillingPeriod
  let zone: Zone
  let span: TimeSpan
  let schedule: CreditSchedule
  let measurement: CreditMeasurement
  let base: CreditBase
  let credit: Credit

  /// Nothing here depends on when or by whom it was computed: the same facts give the same value.
  var value: Value {
    .object([
      "measure": .text(schedule.measure.rawValue), "period": .text(period.description), "zone": .text(zone.identifier), "from": .instant(span.start),
      "to": .instant(span.end), "per": .text(schedule.scope.rawValue), "currency": .text(base.currency.code), "fee": amount(base.fee),
      "days": .integer(base.days), "parts": .array(credit.parts.indices.map(part)), "exact": amount(credit.exact), "cappedAt": amount(credit.cappedAt),
      "amount": .text(credit.amount.amount),
    ])
  }

  private func part(_ index: Int) -> Value {
    let part = credit.parts[index]
    let attainment = part.subject.attainment
    var members: [Value.Member] = [
      .init("subject", .text(part.subject.name)), .init("weight", .integer(part.subject.weight)), .init("attainment", .text(attainment?.description)),
      .init("percent", attainment.map { .text($0.percent(decimals: 6)) } ?? .null),
      .init("met", .bool(attainment.flatMap { schedule.isMet($0) })), .init("band", .integer(part.band.map { Int64($0) + 1 })),
      .init("units", .integer(part.units)), .init("fee", amount(part.fee)), .init("pays", amount(part.minorUnits)),
    ]
    if let judged = measurement.judged {
      members.append(.init("judged", .integer(judged.all)))
      members.append(.init("kept", .integer(judged.met)))
    }
    if measurement.down.indices.contains(index) {
      let down = measurement.down[index]
      members.append(.init("downSeconds", .text(Seconds.text(down.microseconds))))
      members.append(
        .init("intervals", .array(down.spans.map { .object(["from": .instant($0.start), "to": .instant($0.end)]) })))
    }
    return .object(members)
  }

  /// An exact amount in minor units: `100000/31`.
  private func amount(_ exact: Fraction?) -> Value { .text(exact?.description) }
}
