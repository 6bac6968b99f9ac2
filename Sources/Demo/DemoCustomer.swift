/// A customer of the demonstration: who it is, what it bought, how busy it is.
struct DemoCustomer: Sendable {
  let code: String
  let name: String
  let zone: String
  let language: String
  let plan: DemoPlan
  /// Tickets in a year.
  let tickets: Int
  let sites: [String]

  static let all: [DemoCustomer] = [
    DemoCustomer(code: "ACME", name: "Acme Werkzeuge GmbH", zone: "Europe/Berlin", language: "en", plan: .gold, tickets: 150, sites: ["Berlin", "Hamburg"]),
    DemoCustomer(code: "HUAXIN", name: "华新物流有限公司", zone: "Asia/Shanghai", language: "zh-Hans", plan: .gold, tickets: 140, sites: ["上海", "宁波"]),
    DemoCustomer(code: "NORTH", name: "Northwind Clinics", zone: "Europe/London", language: "en", plan: .platinum, tickets: 120, sites: ["Leeds", "York"]),
    DemoCustomer(code: "LUMEN", name: "Lumen Architects", zone: "Europe/Paris", language: "en", plan: .silver, tickets: 60, sites: ["Lyon"]),
    DemoCustomer(
      code: "PACIFIC", name: "Pacific Foods Inc.", zone: "America/Los_Angeles", language: "en", plan: .gold, tickets: 110, sites: ["Fresno", "Oakland"]),
    DemoCustomer(code: "ATLAS", name: "Atlas Credit Union", zone: "America/New_York", language: "en", plan: .platinum, tickets: 100, sites: ["Albany"]),
    DemoCustomer(code: "KIWI", name: "Kiwi Outdoor Ltd", zone: "Pacific/Auckland", language: "en", plan: .silver, tickets: 50, sites: ["Wellington"]),
    DemoCustomer(code: "TIANHE", name: "天河精密制造", zone: "Asia/Shanghai", language: "zh-Hans", plan: .silver, tickets: 70, sites: ["广州"]),
    DemoCustomer(code: "FJORD", name: "Fjord Shipping AS", zone: "Europe/Oslo", language: "en", plan: .gold, tickets: 80, sites: ["Bergen"]),
    DemoCustomer(code: "SAHARA", name: "Sahara Solar SARL", zone: "Africa/Casablanca", language: "en", plan: .silver, tickets: 40, sites: ["Agadir"]),
    DemoCustomer(code: "DELHI", name: "Delhi Diagnostics", zone: "Asia/Kolkata", language: "en", plan: .gold, tickets: 70, sites: ["Noida"]),
    DemoCustomer(code: "ADELAIDE", name: "Adelaide Schools Trust", zone: "Australia/Adelaide", language: "en", plan: .silver, tickets: 60, sites: ["Adelaide"]),
  ]
}

/// What a customer bought: coverage and budgets.
enum DemoPlan: String, Sendable, CaseIterable {
  case silver, gold, platinum

  /// A stock calendar of Contracts.
  var stock: String {
    switch self {
    case .silver: "5x8"
    case .gold: "5x12"
    case .platinum: "24x7"
    }
  }

  /// Minutes to respond and to resolve, for priorities 1 to 5.
  var budgets: [(response: Int64, resolution: Int64)] {
    switch self {
    case .silver: [(60, 480), (120, 960), (240, 1_920), (480, 4_800), (480, 9_600)]
    case .gold: [(30, 240), (60, 480), (120, 1_440), (240, 3_600), (480, 7_200)]
    case .platinum: [(15, 240), (30, 480), (60, 1_440), (240, 4_320), (480, 10_080)]
    }
  }

  /// Percent of tickets that must meet the target.
  var objective: Int64 {
    switch self {
    case .silver: 85
    case .gold: 90
    case .platinum: 95
    }
  }
}
