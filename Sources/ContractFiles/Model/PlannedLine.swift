import Contracts
import Kernel
import Operations

/// A line as it is compared: of the file, or of the database.
struct PlannedLine: Sendable {
  let name: String
  let sla: String
  /// Paths.
  let units: [String]
  /// Keys: e-mail addresses, or names.
  let persons: [String]
  let onlyCoveredCis: Bool
  let quantity: Int64?
  let quantityUnit: String?
  let exclusions: LocalText
  let priceReference: String?
  let fee: Money?
  /// Codes.
  let service: String?
  let offering: String?

  init(_ line: FileLine, units: [String], persons: [String], fee: Money?) {
    (name, sla, self.units, self.persons) = (line.name, line.sla, units, persons)
    onlyCoveredCis = line.onlyCoveredCis
    (quantity, quantityUnit, exclusions) = (line.quantity, line.quantityUnit, line.exclusions)
    (priceReference, self.fee) = (line.priceReference, fee)
    (service, offering) = (line.service, line.offering)
  }

  init(recorded line: Value, units known: [String: Value], persons people: [Value], _ currency: Currency) {
    let ids = { (field: String) in line[field]?.array ?? [] }
    name = line["name"]?.text ?? ""
    sla = line["slaName"]?.text ?? ""
    units = ids("units").compactMap { id in known.first { $0.value["id"] == id }?.key }
    persons = ids("persons").compactMap { id in people.first { $0["id"] == id }?.personKey }
    onlyCoveredCis = line["onlyCoveredCis"] == .bool(true)
    quantity = line["quantity"]?.integer
    quantityUnit = line["quantityUnit"]?.text
    exclusions = LocalText(english: line["exclusionsEn"]?.text, chinese: line["exclusionsZh"]?.text)
    priceReference = line["priceReference"]?.text
    service = line["serviceCode"]?.text
    offering = line["offeringCode"]?.text
    fee = if case .decimal(let digits)? = line["monthlyFee"] { Money(digits, currency: currency) } else { nil }
  }

  func term(_ term: TermSubject.LineTerm) -> Term? {
    switch term {
    case .name: .text(name)
    case .service: service.map(Term.text)
    case .offering: offering.map(Term.text)
    case .sla: .text(sla)
    case .units: units.isEmpty ? nil : .names(units.sorted())
    case .persons: persons.isEmpty ? nil : .names(persons.sorted())
    case .onlyCoveredCis: onlyCoveredCis ? .word(DifferenceWords.yes) : nil
    case .quantity: quantity.flatMap { count in quantityUnit.map { .quantity(count, $0) } }
    case .exclusions: exclusions.english == nil && exclusions.chinese == nil ? nil : .local(exclusions)
    case .priceReference: priceReference.map(Term.text)
    case .monthlyFee: fee.map(Term.money)
    case .stopsAt: nil
    }
  }

  private func id(_ code: String?, _ thing: (String) -> FileThing, _ applying: Applying) async -> Value {
    if let code { await applying.id(thing(code)) } else { .null }
  }

  /// All fields as the operations take them; null clears.
  func members(_ applying: Applying) async -> [Value.Member] {
    var unitIds: [Value] = []
    for unit in units { unitIds.append(await applying.id(.unit(unit))) }
    var people: [Value] = []
    for person in persons { people.append(await applying.id(.person(person))) }
    return [
      Value.Member("name", .text(name)), Value.Member("sla", await applying.id(.sla(sla))), Value.Member("units", .array(unitIds)),
      Value.Member("persons", .array(people)), Value.Member("onlyCoveredCis", .bool(onlyCoveredCis)), Value.Member("quantity", .integer(quantity)),
      Value.Member("quantityUnit", .text(quantityUnit)),
      Value.Member("exclusionsEn", .text(exclusions.english)), Value.Member("exclusionsZh", .text(exclusions.chinese)),
      Value.Member("priceReference", .text(priceReference)), Value.Member("monthlyFee", .text(fee?.amount)),
      Value.Member("service", await id(service, FileThing.service, applying)),
      Value.Member("offering", await id(offering, FileThing.offering, applying)),
    ]
  }
}
