usr/lib/specifications/a-1.0.gemspec
Gem::Specification.new do |s|
  s.name = "a".freeze
  s.version = "1.0"
  s.licenses = ["MIT".freeze]
end
