/// What a file of the CMDB tells: which operation takes its lines, and what its columns may be called.
package enum AssetFileForm: Sendable, CaseIterable {
  /// Configuration items.
  case cis
  /// How they stand to one another.
  case relations
  /// Which contract lines cover them.
  case coverage

  package var operation: String {
    switch self {
    case .cis: "ci.import"
    case .relations: "ci.import_relations"
    case .coverage: "ci.import_coverage"
    }
  }

  /// Whether a line that tells nothing new can confirm its CI.
  package var confirms: Bool { self == .cis }

  /// A column of an attribute, whose key follows.
  static let attributePrefix = "attributes."

  var takesAttributes: Bool { self == .cis }

  /// The fields without which no line of a file says anything. A CI is found by whichever key the import is told.
  var needed: [String] {
    switch self {
    case .cis: []
    case .relations: ["from", "kind", "to"]
    case .coverage: ["ci", "contractLine"]
    }
  }

  /// As a message names them.
  var fields: [String] {
    needed + names.keys.filter { !needed.contains($0) }.sorted() + (takesAttributes ? [Self.attributePrefix + "KEY"] : [])
  }

  /// What a header may call a field, besides the field's own name: in small letters, without spaces, `_` and `-`.
  private var names: [String: [String]] {
    switch self {
    case .cis:
      [
        "name": ["ciname", "名称", "配置项名称"], "type": ["citype", "类型"], "state": ["status", "状态"], "owner": ["owneremail", "责任人"],
        "unit": ["site", "location", "department", "站点", "部门"], "ciTier": ["tier", "等级", "配置项等级"], "service": ["servicecode", "服务"],
        "serial": ["serialnumber", "sn", "序列号"], "assetTag": ["tag", "inventorynumber", "资产标签", "资产编号"],
        "warrantyUntil": ["warranty", "保修截止日"], "cost": ["price", "成本"], "currency": ["货币"],
      ]
    case .relations:
      [
        "from": ["fromci", "source", "sourceci", "源配置项"], "kind": ["relation", "relationship", "type", "关系", "关系类型"],
        "to": ["toci", "target", "targetci", "目标配置项"],
      ]
    case .coverage:
      [
        "ci": ["ciname", "configurationitem", "配置项"], "contractLine": ["line", "合同行"], "on": ["validfrom", "firstday", "起始日"],
      ]
    }
  }

  private static let fieldsByName: [AssetFileForm: [String: String]] = allCases.reduce(into: [:]) { forms, form in
    for entry in form.names {
      for name in entry.value + [plain(entry.key)] { forms[form, default: [:]][name] = entry.key }
    }
  }

  private static func plain(_ name: String) -> String { name.lowercased().filter { !$0.isWhitespace && $0 != "_" && $0 != "-" } }

  /// The field that a column of this name holds.
  func field(called name: String) -> String? { Self.fieldsByName[self]?[Self.plain(name)] }
}
